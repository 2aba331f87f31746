package io.reflux.student.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.reflux.data.sampling.ViewBatch;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.zoo.Zoo;
import io.reflux.model.zoo.ZooSpec;
import io.reflux.proto.v1.BatchErrorCode;
import io.reflux.proto.v1.DescribeResponse;
import io.reflux.proto.wire.Digests;
import io.reflux.student.failure.TrainingFailure;
import io.reflux.student.recipe.EncodingConfig;
import io.reflux.student.remote.AnswerPolicy;
import io.reflux.student.remote.FakeTeacher;
import io.reflux.student.remote.RemoteConfig;
import io.reflux.student.remote.SampleForm;
import io.reflux.student.remote.StreamedSourceContract;
import io.reflux.student.remote.TeacherAccess;
import io.reflux.student.remote.TeacherAddress;
import io.reflux.student.source.SoftLabelSource;
import io.reflux.student.source.SoftLabels;
import io.reflux.student.source.SourceFixture;
import io.reflux.student.source.SourceState;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FleetSourceTest extends StreamedSourceContract {
    private static final FleetConfig.Times TIMES = new FleetConfig.Times(
            Duration.ofMillis(20),
            Duration.ofMillis(500),
            3,
            Duration.ofMillis(10),
            Duration.ofMillis(50),
            Duration.ofMillis(20),
            Duration.ofMillis(100),
            Duration.ofSeconds(5),
            Duration.ofMillis(200),
            Duration.ofMillis(300),
            Duration.ofMinutes(1),
            5);
    private static final ModelGraph OTHER =
            Zoo.build(ZooSpec.of("mlp").withHidden(8).withSeed(4));

    @TempDir
    private Path folder;

    private FakeTeacher one;
    private FakeTeacher two;
    private final WatchRecorder watch = new WatchRecorder();

    @BeforeEach
    void startTeachers() throws Exception {
        one = new FakeTeacher(vertx).start();
        two = new FakeTeacher(vertx).start();
    }

    @AfterEach
    void stopTeachers() throws Exception {
        one.close();
        two.close();
    }

    private static TeacherAddress address(FakeTeacher teacher) {
        return new TeacherAddress("127.0.0.1", teacher.port());
    }

    @Override
    protected SoftLabelSource open() {
        return open(one, two);
    }

    private SoftLabelSource open(FakeTeacher... teachers) {
        return open(
                new StaticMembership(
                        Arrays.stream(teachers).map(FleetSourceTest::address).toList()),
                false);
    }

    private SoftLabelSource open(Membership membership, boolean acceptModelChange) {
        RemoteConfig asked = new RemoteConfig(
                new TeacherAddress("any", 1),
                "test",
                SourceFixture.SET,
                augmentation(),
                false,
                SampleForm.NAMED,
                EncodingConfig.FP32.toEncoding(1),
                List.of(),
                16,
                4,
                RemoteConfig.Patience.DEFAULT,
                new AnswerPolicy(0, true, acceptModelChange),
                TeacherAccess.OPEN);
        return FleetSource.open(
                vertx,
                new FleetConfig(SourceFixture.SET.size(), 4, asked.encoding(), null, acceptModelChange, TIMES),
                membership,
                new RemoteDialer(vertx, asked),
                watch);
    }

    @Test
    void request_twoTeachers_bothAnswerAndEachBatchComesOnce() throws Exception {
        List<ViewBatch> batches = batches(300);
        int byOne;
        int byTwo;
        try (SoftLabelSource source = open()) {
            until(() -> watch.count(TeacherState.SERVING) == 2);
            byOne = one.answered.get();
            byTwo = two.answered.get();
            requireAllOnce(deliver(source, batches), batches);
        }
        // How much each is given follows what it was measured at on this machine at this time, which may be next to
        // nothing;
        // WorkBookTest holds the shares.
        assertThat(one.answered).hasValueGreaterThan(byOne);
        assertThat(two.answered).hasValueGreaterThan(byTwo);
    }

    @Test
    void request_teacherKilledInMidRun_othersGoOnAndItComesBack() throws Exception {
        List<ViewBatch> batches = batches(300);
        try (SoftLabelSource source = open()) {
            List<SoftLabels> delivered = deliver(source, batches.subList(0, 100));
            one.kill();
            delivered.addAll(deliver(source, batches.subList(100, 200)));
            until(() -> watch.states.get(address(one)) != TeacherState.SERVING);
            one.start();
            until(() -> watch.count(TeacherState.SERVING) == 2);
            int before = one.answered.get();
            delivered.addAll(deliver(source, batches.subList(200, 300)));

            requireAllOnce(delivered, batches);
            assertThat(source.reconnects()).isEqualTo(1);
            assertThat(one.answered).hasValueGreaterThan(before);
        }
    }

    @Test
    void request_connectionsCutManyTimes_eachBatchComesOnce() throws Exception {
        List<ViewBatch> batches = batches(400);
        try (SoftLabelSource source = open()) {
            List<SoftLabels> delivered = new ArrayList<>();
            for (int part = 0; part < 8; part++) {
                (part % 2 == 0 ? one : two).cutAfter.set(10);
                delivered.addAll(deliver(source, batches.subList(part * 50, part * 50 + 50)));
            }
            requireAllOnce(delivered, batches);
        }
    }

    @Test
    void file_teachersAddedAndTakenOut_joinAndLeaveInMidRun() throws Exception {
        Path file = folder.resolve("teachers");
        write(file, one);
        List<ViewBatch> batches = batches(300);
        try (SoftLabelSource source = open(new FileMembership(file), false)) {
            List<SoftLabels> delivered = deliver(source, batches.subList(0, 50));
            assertThat(two.answered).hasValue(0);

            write(file, one, two);
            until(() -> watch.count(TeacherState.SERVING) == 2);
            delivered.addAll(deliver(source, batches.subList(50, 150)));
            assertThat(two.answered).hasValueGreaterThan(2);

            write(file, two);
            until(() -> watch.states.get(address(one)) == TeacherState.LEFT);
            int before = one.answered.get();
            delivered.addAll(deliver(source, batches.subList(150, 300)));

            requireAllOnce(delivered, batches);
            assertThat(one.answered.get() - before).isLessThan(4);
        }
    }

    private void write(Path file, FakeTeacher... teachers) throws Exception {
        Path beside = folder.resolve("beside");
        Files.writeString(
                beside,
                Arrays.stream(teachers)
                        .map(teacher -> address(teacher) + " # a teacher")
                        .collect(Collectors.joining("\n", "# teachers\n\n", "\n")));
        Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    @Test
    void dns_nameOfOneTeacher_isResolvedAndServes() throws Exception {
        List<ViewBatch> batches = batches(20);
        DnsMembership dns = new DnsMembership(
                new TeacherAddress("teacher.example", one.port()),
                name -> List.of(InetAddress.getByAddress(new byte[] {127, 0, 0, 1})));
        try (SoftLabelSource source = open(dns, false)) {
            requireAllOnce(deliver(source, batches), batches);
        }
        assertThat(one.answered).hasValueGreaterThan(19);
    }

    @Test
    void request_teacherThatSaysNotANumber_isQuarantinedAndTheRunGoesOn() throws Exception {
        List<ViewBatch> batches = batches(200);
        try (SoftLabelSource source = open()) {
            until(() -> watch.count(TeacherState.SERVING) == 2);
            one.notANumber = true;

            requireAllOnce(deliver(source, batches), batches);
            until(() -> watch.states.get(address(one)) == TeacherState.QUARANTINED);

            assertThat(watch.quarantines).contains(QuarantineReason.LABELS).doesNotContain(QuarantineReason.CANARY);
            one.notANumber = false;
            until(() -> watch.states.get(address(one)) == TeacherState.SERVING);
        }
    }

    @Test
    void request_nonFiniteErrorOfATeacher_isQuarantined() throws Exception {
        List<ViewBatch> batches = batches(200);
        try (SoftLabelSource source = open()) {
            until(() -> watch.count(TeacherState.SERVING) == 2);
            for (long id = 0; id < 2000; id++) {
                one.errors.put(id, BatchErrorCode.BATCH_ERROR_CODE_NON_FINITE);
            }
            requireAllOnce(deliver(source, batches), batches);
            until(() -> watch.quarantines.contains(QuarantineReason.LABELS));
        }
    }

    @Test
    void open_teacherOfAnotherModel_isQuarantined() throws Exception {
        two.close();
        two = new FakeTeacher(vertx, SourceFixture.SET, OTHER).start();
        FakeTeacher three = new FakeTeacher(vertx).start();
        try (SoftLabelSource source = open(two, one, three)) {
            List<ViewBatch> batches = batches(100);
            requireAllOnce(deliver(source, batches), batches);

            // The model of the most teachers, not of the first.
            assertThat(source.modelDigest()).isEqualTo(SourceFixture.TEACHER.digest());
            assertThat(watch.quarantines).contains(QuarantineReason.MODEL);
        } finally {
            three.close();
        }
    }

    @Test
    void join_otherWeightsUnderTheSameDigest_isCaughtByTheCanaries() throws Exception {
        two.close();
        two = new FakeTeacher(vertx, SourceFixture.SET, OTHER);
        two.digest = Digests.fromHex(SourceFixture.TEACHER.digest());
        two.description = two.description.toBuilder().setModelDigest(two.digest).build();
        two.start();
        FakeTeacher three = new FakeTeacher(vertx).start();
        try (SoftLabelSource source = open(one, two, three)) {
            List<ViewBatch> batches = batches(100);
            requireAllOnce(deliver(source, batches), batches);
            until(() -> watch.states.get(address(two)) == TeacherState.QUARANTINED);

            assertThat(watch.quarantines).containsOnly(QuarantineReason.CANARY);
        } finally {
            three.close();
        }
    }

    @Test
    void request_allQuarantined_failsNamingEachReason() throws Exception {
        try (SoftLabelSource source = open()) {
            until(() -> watch.count(TeacherState.SERVING) == 2);
            one.notANumber = true;
            two.notANumber = true;
            CompletableFuture<SoftLabels> answer = source.request(batches(1).get(0));

            assertThatThrownBy(() -> await(answer))
                    .cause()
                    .isInstanceOfSatisfying(
                            TrainingFailure.class,
                            failure -> assertThat(failure.code()).isEqualTo(TrainingFailure.Code.BAD_LABELS))
                    .hasMessageStartingWith("teachers: none of 2 can be used: teacher ")
                    .hasMessageContaining("127.0.0.1:" + one.port())
                    .hasMessageContaining("127.0.0.1:" + two.port())
                    .hasMessageContaining("NaN (expected: finite)");
            assertThat(source.state()).isEqualTo(SourceState.CLOSED);
        }
    }

    @Test
    void open_allOfAnotherDataSet_failsWithBothFingerprints() {
        for (FakeTeacher teacher : List.of(one, two)) {
            DescribeResponse.Builder other = teacher.description.toBuilder();
            other.getDataSetsBuilder(0).setFingerprint(ByteString.copyFrom(new byte[32]));
            teacher.description = other.build();
        }
        assertThatThrownBy(this::open)
                .isInstanceOfSatisfying(
                        TrainingFailure.class,
                        failure -> assertThat(failure.code()).isEqualTo(TrainingFailure.Code.MISMATCH))
                .hasMessageContaining(
                        "data sets [glyphs %s] (expected: glyphs %s; teacher.sendSamples sends samples by value)"
                                .formatted("00".repeat(32), SourceFixture.SET.fingerprint()));
    }

    @Test
    void open_oneOfAnotherDataSet_usesTheOther() throws Exception {
        DescribeResponse.Builder other = one.description.toBuilder();
        other.getDataSetsBuilder(0).setFingerprint(ByteString.copyFrom(new byte[32]));
        one.description = other.build();
        List<ViewBatch> batches = batches(50);
        try (SoftLabelSource source = open()) {
            requireAllOnce(deliver(source, batches), batches);
            assertThat(watch.states).containsEntry(address(one), TeacherState.REFUSED);
        }
        assertThat(one.answered).hasValue(0);
    }

    @Test
    void request_teacherThatFallsSilent_isOvertakenAndItsLateAnswersDropped() throws Exception {
        List<ViewBatch> batches = batches(200);
        try (SoftLabelSource source = open()) {
            until(() -> watch.count(TeacherState.SERVING) == 2);
            List<SoftLabels> delivered = deliver(source, batches.subList(0, 100));
            one.silent = true;
            delivered.addAll(deliver(source, batches.subList(100, 200)));

            requireAllOnce(delivered, batches);
            assertThat(watch.hedges).hasPositiveValue();
        }
    }

    @Test
    void request_overloadedTeacher_anotherIsAskedAfterAPause() throws Exception {
        for (long id = 0; id < 60; id++) {
            one.errors.put(id, BatchErrorCode.BATCH_ERROR_CODE_OVERLOADED);
        }
        List<ViewBatch> batches = batches(100);
        // The canaries are refused first; teacher two has begun by then.
        try (SoftLabelSource source = open()) {
            requireAllOnce(deliver(source, batches), batches);
        }
    }

    @Test
    void request_invalidBatch_failsTheRunNamingTheTeacher() throws Exception {
        try (SoftLabelSource source = open(one)) {
            for (long id = 0; id < 100; id++) {
                one.errors.put(id, BatchErrorCode.BATCH_ERROR_CODE_INVALID);
            }
            CompletableFuture<SoftLabels> answer = source.request(batches(1).get(0));

            assertThatThrownBy(() -> await(answer))
                    .cause()
                    .isInstanceOf(TrainingFailure.class)
                    .hasMessageStartingWith("teacher 127.0.0.1:%d: batch ".formatted(one.port()))
                    .hasMessageEndingWith(": INVALID: made to fail");
        }
    }

    @Test
    void request_modelChangedAndAccepted_labelsCarryTheNewDigest() throws Exception {
        String other = "ab".repeat(32);
        List<ViewBatch> batches = batches(400);
        try (SoftLabelSource source = open(new StaticMembership(List.of(address(one), address(two))), true)) {
            List<SoftLabels> delivered = deliver(source, batches.subList(0, 100));
            for (FakeTeacher teacher : List.of(one, two)) {
                teacher.swap(Digests.fromHex(other));
            }
            delivered.addAll(deliver(source, batches.subList(100, 400)));

            requireAllOnce(delivered, batches);
            assertThat(delivered.get(399).modelDigest()).isEqualTo(other);
            until(() -> watch.models.equals(List.of(other)));
            assertThat(source.modelDigest()).isEqualTo(other);
            assertThat(watch.quarantines).isEmpty();
        }
    }

    @Test
    void request_modelChangedAndNotAccepted_quarantines() throws Exception {
        List<ViewBatch> batches = batches(200);
        try (SoftLabelSource source = open()) {
            until(() -> watch.count(TeacherState.SERVING) == 2);
            one.swap(ByteString.copyFrom(new byte[32]));

            requireAllOnce(deliver(source, batches), batches);
            until(() -> watch.quarantines.contains(QuarantineReason.MODEL));
        }
    }

    @Test
    void open_nobodyListens_saysSoForEach() throws Exception {
        one.kill();
        two.kill();
        assertThatThrownBy(this::open)
                .isInstanceOfSatisfying(
                        TrainingFailure.class,
                        failure -> assertThat(failure.code()).isEqualTo(TrainingFailure.Code.TEACHER_UNAVAILABLE))
                .hasMessageStartingWith("teachers: none of 2 can be used: teacher 127.0.0.1:");
    }

    @Test
    void open_fileWithoutTeachers_saysWhatWasExpected() throws Exception {
        Path file = Files.writeString(folder.resolve("empty"), "# none yet\n");
        assertThatThrownBy(() -> open(new FileMembership(file), false))
                .isInstanceOf(TrainingFailure.class)
                .hasMessage("addressFile " + file + ": no teacher (expected: at least one)");
    }
}
