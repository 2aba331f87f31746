package io.reflux.student.remote;

import com.google.protobuf.UnsafeByteOperations;
import io.reflux.data.DataSet;
import io.reflux.data.SampleShape;
import io.reflux.data.TextDataSet;
import io.reflux.data.sampling.ViewBatch;
import io.reflux.data.view.View;
import io.reflux.data.view.ViewRenderer;
import io.reflux.proto.v1.Batch;
import io.reflux.proto.v1.ElementType;
import io.reflux.proto.v1.Tensor;
import io.reflux.proto.v1.Views;
import io.reflux.student.source.PixelBatch;
import io.reflux.student.source.SampleBatch;
import io.reflux.student.source.TokenBatch;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/** Batches as they travel: by name, or by value to a teacher without a copy of the data set. Thread-safe. */
final class BatchMessages {
    private final RemoteConfig config;
    private final boolean byValue;

    BatchMessages(RemoteConfig config, boolean byValue) {
        this.config = config;
        this.byValue = byValue;
    }

    /** Bytes that a sample of a set takes by value: one a pixel, four a token. */
    static int sampleBytes(DataSet set) {
        return set instanceof TextDataSet text
                ? Math.multiplyExact(text.length(), Integer.BYTES)
                : set.images().shape().elements();
    }

    PendingBatch of(ViewBatch batch) {
        if (byValue) {
            return of(rendered(batch));
        }
        Views.Builder views = Views.newBuilder();
        for (View view : batch.views()) {
            views.addSampleIds(view.sampleId()).addAugmentationSeeds(view.augmentationSeed());
        }
        return new PendingBatch(
                batch.batchId(),
                batch.views().size(),
                Batch.newBuilder().setViews(views).build());
    }

    PendingBatch of(SampleBatch batch) {
        Tensor tensor = batch instanceof PixelBatch pixels ? tensor(pixels) : tensor((TokenBatch) batch);
        return new PendingBatch(
                batch.batchId(),
                batch.rows(),
                Batch.newBuilder().setTensor(tensor).build());
    }

    private SampleBatch rendered(ViewBatch batch) {
        List<View> views = batch.views();
        if (config.set() instanceof TextDataSet text) {
            long[] ids = new long[Math.multiplyExact(views.size(), text.length())];
            for (int i = 0; i < views.size(); i++) {
                text.copyTokens(views.get(i).sampleId(), ids, i * text.length());
            }
            return new TokenBatch(batch.batchId(), views.size(), text.length(), ids);
        }
        ViewRenderer renderer = new ViewRenderer(config.set().images(), config.augmentation());
        SampleShape shape = renderer.dataSet().shape();
        byte[] pixels = new byte[Math.multiplyExact(views.size(), shape.elements())];
        for (int i = 0; i < views.size(); i++) {
            renderer.renderPixels(views.get(i), pixels, i * shape.elements());
        }
        return new PixelBatch(batch.batchId(), views.size(), shape, pixels);
    }

    private static Tensor tensor(PixelBatch batch) {
        return Tensor.newBuilder()
                .setType(ElementType.ELEMENT_TYPE_UINT8)
                .addShape(batch.rows())
                .addShape(batch.shape().channels())
                .addShape(batch.shape().height())
                .addShape(batch.shape().width())
                // The array is not copied: PixelBatch says that it does not change.
                .setData(UnsafeByteOperations.unsafeWrap(batch.pixels()))
                .build();
    }

    private static Tensor tensor(TokenBatch batch) {
        ByteBuffer ids = ByteBuffer.allocate(batch.ids().length * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (long id : batch.ids()) {
            ids.putInt(Math.toIntExact(id));
        }
        return Tensor.newBuilder()
                .setType(ElementType.ELEMENT_TYPE_INT32)
                .addShape(batch.rows())
                .addShape(batch.length())
                .setData(UnsafeByteOperations.unsafeWrap(ids.array()))
                .build();
    }
}
