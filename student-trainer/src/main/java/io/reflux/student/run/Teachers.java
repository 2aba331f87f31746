package io.reflux.student.run;

import io.reflux.data.view.Augmentation;
import io.reflux.student.ensemble.EnsembleSource;
import io.reflux.student.failure.TrainingFailure;
import io.reflux.student.recipe.EncodingConfig;
import io.reflux.student.recipe.EnsembleMember;
import io.reflux.student.recipe.ModelChange;
import io.reflux.student.recipe.Recipe;
import io.reflux.student.recipe.StageConfig;
import io.reflux.student.recipe.TeacherConfig;
import io.reflux.student.remote.HintRequest;
import io.reflux.student.source.SoftLabelSource;
import io.reflux.student.training.StagePlan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/** Opens sources of soft labels as a recipe's teacher or teachers say. */
final class Teachers {
    private static final int TEST_BATCHES = 4;
    private static final int TEST_BATCH_ROWS = 250;
    private static final Duration GIVE_UP_TRAINING = Duration.ofMinutes(10);
    /** The student is trained by then; its report goes without a teacher that is gone. */
    private static final Duration GIVE_UP_TEST = Duration.ofSeconds(30);

    private final @Nullable TeacherConfig one;
    private final List<EnsembleMember> several;
    private final TeacherOpener opener;
    /** SHA-256 of the model that the run began with, several joined by {@code +}; empty: none yet. */
    private String modelDigest = "";

    Teachers(Recipe recipe, TeacherOpener opener) {
        this.one = recipe.teacher();
        this.several = recipe.teachers();
        this.opener = opener;
    }

    /** Returns the teacher's file where its size can be known, or null. */
    @Nullable
    Path file() {
        if (one == null) {
            return null;
        }
        String file = one.onnx() == null ? one.file() : one.onnx();
        return file == null ? null : Path.of(file);
    }

    /**
     * Returns the bytes of the teacher's file / those of the student's, or nothing when the teacher's file is not known.
     *
     * @throws TrainingFailure with code RESOURCE when the file is named and not there
     */
    OptionalDouble ratio(long studentBytes) {
        Path file = file();
        if (file == null) {
            return OptionalDouble.empty();
        }
        try {
            return OptionalDouble.of((double) Files.size(file) / studentBytes);
        } catch (IOException e) {
            throw new TrainingFailure(
                    TrainingFailure.Code.RESOURCE, "teacher " + file + ": absent (expected: a model file)", e);
        }
    }

    private boolean isService() {
        return !several.isEmpty() || one != null && !isLocal();
    }

    /** Returns whether the teacher is a file that runs in this process. */
    boolean isLocal() {
        return one != null && one.onnx() != null;
    }

    /** Takes the model that a run before began with as the one that this run began with. */
    void goOnWith(String digest) {
        modelDigest = digest;
    }

    /** Returns the SHA-256 of the model that labels last came from, several joined by {@code +}; empty: none yet. */
    String modelDigest() {
        return modelDigest;
    }

    /**
     * Refuses labels of another model than the run began with, where the recipe does not accept them.
     *
     * @param source just opened; null: none
     * @throws TrainingFailure with code MISMATCH when it is of another model
     */
    void requireSame(@Nullable SoftLabelSource source) {
        if (source == null) {
            return;
        }
        if (!modelDigest.isEmpty() && !modelDigest.equals(source.modelDigest()) && !acceptModelChange()) {
            throw new TrainingFailure(
                    TrainingFailure.Code.MISMATCH,
                    "teacher: model " + source.modelDigest() + " (expected: " + modelDigest
                            + ", with which the run began)");
        }
        modelDigest = source.modelDigest();
    }

    private boolean acceptModelChange() {
        return one != null && one.onModelChange() == ModelChange.ACCEPT
                || several.stream().anyMatch(member -> member.teacher().onModelChange() == ModelChange.ACCEPT);
    }

    /** Opens the source of a distilling stage, or returns null for another stage. The caller closes it. */
    @Nullable
    SoftLabelSource open(StagePlan plan) {
        if (!(plan.config() instanceof StageConfig.Distil distil)) {
            return null;
        }
        double temperature = distil.loss().temperature();
        return open(
                new TeacherOpener.Wanted(
                        plan.augmentation(),
                        false,
                        distil.encoding().toEncoding(temperature),
                        distil.hints().stream()
                                .map(hint -> new HintRequest(hint.teacher(), hint.toEncoding()))
                                .toList(),
                        plan.config().schedule().batchSize(),
                        // What is queued, what the feeder holds and what is being trained on.
                        plan.config().schedule().prefetchBatches() + 2,
                        plan.train(),
                        null,
                        GIVE_UP_TRAINING),
                temperature,
                digests());
    }

    /**
     * Opens a source of logits for training samples as they are; the recipe has a teacher. The caller closes it.
     *
     * @param batchRows samples of the largest batch
     */
    SoftLabelSource openForCalibration(int batchRows) {
        return open(
                new TeacherOpener.Wanted(
                        Augmentation.NONE,
                        false,
                        EncodingConfig.FP32.toEncoding(1),
                        List.of(),
                        batchRows,
                        1,
                        null,
                        null,
                        GIVE_UP_TRAINING),
                1,
                digests());
    }

    private List<String> digests() {
        return modelDigest.isEmpty() ? List.of() : List.of(modelDigest.split("\\+"));
    }

    /** Opens a source for the test set, or returns null without a teacher elsewhere. The caller closes it. */
    @Nullable
    SoftLabelSource openForTest() {
        return isService()
                ? open(
                        new TeacherOpener.Wanted(
                                Augmentation.NONE,
                                true,
                                EncodingConfig.FP32.toEncoding(1),
                                List.of(),
                                TEST_BATCH_ROWS,
                                TEST_BATCHES,
                                null,
                                null,
                                GIVE_UP_TEST),
                        1,
                        List.of())
                : null;
    }

    /**
     * Takes the place of {@link #openForTest()} where no service is asked.
     *
     * @throws TrainingFailure with code TEACHER_UNAVAILABLE when the teacher is one
     */
    @Nullable
    SoftLabelSource openNoService() {
        if (isService()) {
            throw new TrainingFailure(
                    TrainingFailure.Code.TEACHER_UNAVAILABLE, "not asked, since an export asks no service");
        }
        return null;
    }

    private SoftLabelSource open(TeacherOpener.Wanted wanted, double temperature, List<String> digests) {
        if (one != null) {
            return opener.open(one, wanted.withModelDigest(digests.size() == 1 ? digests.get(0) : null));
        }
        List<EnsembleSource.Member> members = new ArrayList<>();
        try {
            for (int i = 0; i < several.size(); i++) {
                EnsembleMember member = several.get(i);
                String digest = digests.size() == several.size() ? digests.get(i) : null;
                Double own = member.temperature();
                members.add(new EnsembleSource.Member(
                        opener.open(member.teacher(), wanted.withModelDigest(digest)),
                        member.weight(),
                        own == null ? temperature : own));
            }
            return new EnsembleSource(members, temperature);
        } catch (RuntimeException e) {
            members.forEach(member -> member.source().close());
            throw e;
        }
    }
}
