package io.reflux.teacher.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reflux.model.runtime.InferenceModel;
import io.reflux.model.runtime.Inputs;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class EngineSlotTest {

    private final Constant one = new Constant(1, Map.of());
    private final Constant two = new Constant(2, Map.of());

    /** Gives its number for everything. */
    private static final class Constant implements InferenceModel {

        private final int number;
        private final Map<String, String> notes;
        private final AtomicInteger closed = new AtomicInteger();

        Constant(int number, Map<String, String> notes) {
            this.number = number;
            this.notes = notes;
        }

        @Override
        public List<Long> sampleShape() {
            return List.of(1L);
        }

        @Override
        public int numClasses() {
            return 1;
        }

        @Override
        public String digest() {
            return ("0" + number).repeat(32);
        }

        @Override
        public Map<String, String> metadata() {
            return notes;
        }

        @Override
        public float[] logits(Inputs inputs, int rows) {
            assertThat(closed).as("closed").hasValue(0);
            float[] logits = new float[rows];
            java.util.Arrays.fill(logits, number);
            return logits;
        }

        @Override
        public void close() {
            closed.incrementAndGet();
        }
    }

    private static TeacherEngine engine(InferenceModel model) {
        return new TeacherEngine("constant", model);
    }

    @Test
    void replacement_waitsForTheBatchThatUsesTheFormer_thenClosesIt() throws Exception {
        EngineSlot slot = new EngineSlot(engine(one));
        ModelUse use = slot.use();
        CountDownLatch replaced = new CountDownLatch(1);
        List<Integer> closedAtAnnouncement = new ArrayList<>();
        Thread replacing = new Thread(() -> {
            slot.replace(engine(two), () -> closedAtAnnouncement.add(one.closed.get()));
            replaced.countDown();
        });
        replacing.start();
        while (replacing.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
        assertThat(closedAtAnnouncement)
                .as("announced while the former is used")
                .isEmpty();
        assertThat(use.logits(Inputs.of(new float[1]), 1)).containsExactly(1);
        use.close();
        assertThat(replaced.await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(closedAtAnnouncement).containsExactly(0);
        assertThat(one.closed).hasValue(1);
        try (ModelUse next = slot.use()) {
            assertThat(next.digest()).isEqualTo(slot.engine().digest());
            assertThat(next.logits(Inputs.of(new float[1]), 1)).containsExactly(2);
        }
        slot.close();
        assertThat(two.closed).hasValue(1);
    }

    @Test
    void manyReplacements_underLoad_leaveOneModelOpen_andNoneIsUsedClosed() throws Exception {
        EngineSlot slot = new EngineSlot(engine(one));
        List<Constant> all = new ArrayList<>(List.of(one));
        AtomicInteger failures = new AtomicInteger();
        CountDownLatch enough = new CountDownLatch(2000);
        List<Thread> users = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            users.add(new Thread(() -> {
                while (enough.getCount() > 0) {
                    try (ModelUse use = slot.use()) {
                        float logit = use.logits(Inputs.of(new float[1]), 1)[0];
                        if (use.digest().byteAt(0) != (byte) (int) logit) {
                            failures.incrementAndGet();
                        }
                    } catch (AssertionError e) {
                        failures.incrementAndGet();
                    }
                    enough.countDown();
                }
            }));
        }
        users.forEach(Thread::start);
        for (int i = 2; enough.getCount() > 0; i = 2 + (i - 1) % 7) {
            Constant next = new Constant(i, Map.of());
            all.add(next);
            slot.replace(engine(next), () -> {});
        }
        for (Thread user : users) {
            user.join();
        }
        assertThat(failures).hasValue(0);
        assertThat(all.subList(0, all.size() - 1))
                .allSatisfy(model -> assertThat(model.closed).hasValue(1));
        assertThat(all.get(all.size() - 1).closed).hasValue(0);
        slot.close();
    }

    @Test
    void modelThatTakesOrGivesSomethingElse_cannotTakeThePlace() {
        TeacherEngine served = engine(one);
        engine(two).requireSameAs(served);
        TeacherEngine scaled = engine(new Constant(2, Map.of("reflux.pixel.mean", "0.5", "reflux.pixel.std", "0.25")));
        assertThatThrownBy(() -> scaled.requireSameAs(served))
                .hasMessage("model constant: scaling of pixels PixelScaling[mean=[0.5], std=[0.25]] (expected:"
                        + " PixelScaling[mean=[0.0], std=[1.0]], as served)");
    }
}
