package io.reflux.student.remote;

import static org.assertj.core.api.Assertions.assertThat;

import io.reflux.data.sampling.ViewBatch;
import io.reflux.data.view.Augmentation;
import io.reflux.student.source.SoftLabelSource;
import io.reflux.student.source.SoftLabelSourceContract;
import io.reflux.student.source.SoftLabels;
import io.reflux.student.source.SourceFixture;
import io.vertx.core.Vertx;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.LongStream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** Sources whose teachers are asked over gRPC, as a training loop asks them. */
public abstract class StreamedSourceContract extends SoftLabelSourceContract {
    private static final Augmentation AUGMENTATION = new Augmentation(1, true);
    private static final int AHEAD = 6;

    protected static Vertx vertx;

    @BeforeAll
    static void openLoops() {
        vertx = Vertx.vertx();
    }

    @AfterAll
    static void closeLoops() throws Exception {
        vertx.close().await(10, TimeUnit.SECONDS);
    }

    @Override
    protected Augmentation augmentation() {
        return AUGMENTATION;
    }

    protected static List<ViewBatch> batches(int number) {
        return SourceFixture.batches(number, AUGMENTATION);
    }

    /** Waits for a condition by looking at it; the bound only ends a test that has failed. */
    protected static void until(BooleanSupplier condition) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("time is up").isLessThan(end);
            Thread.onSpinWait();
        }
    }

    /** Asks as the training loop does: a few batches ahead, released in order. */
    protected static List<SoftLabels> deliver(SoftLabelSource source, List<ViewBatch> batches) throws Exception {
        Deque<CompletableFuture<SoftLabels>> asked = new ArrayDeque<>();
        List<SoftLabels> delivered = new ArrayList<>();
        for (ViewBatch batch : batches) {
            asked.add(source.request(batch));
            if (asked.size() > AHEAD) {
                delivered.add(await(asked.remove()));
                source.release(delivered.get(delivered.size() - 1));
            }
        }
        for (CompletableFuture<SoftLabels> answer : asked) {
            delivered.add(await(answer));
            source.release(delivered.get(delivered.size() - 1));
        }
        return delivered;
    }

    /** Each batch once and in order; of some, what the teacher says of them. */
    protected static void requireAllOnce(List<SoftLabels> delivered, List<ViewBatch> batches) {
        assertThat(delivered)
                .extracting(SoftLabels::batchId)
                .containsExactlyElementsOf(
                        LongStream.range(0, batches.size()).boxed().toList());
        for (int i = 0; i < batches.size(); i += 17) {
            assertThat(delivered.get(i).logits())
                    .containsExactly(
                            SourceFixture.reference(batches.get(i).views(), AUGMENTATION), Offset.offset(1e-5f));
        }
    }
}
