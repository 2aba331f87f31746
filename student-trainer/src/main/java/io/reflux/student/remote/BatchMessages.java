package io.reflux.student.remote;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.reflux.data.SampleShape;
import io.reflux.data.sampling.ViewBatch;
import io.reflux.data.view.View;
import io.reflux.data.view.ViewRenderer;
import io.reflux.proto.v1.Batch;
import io.reflux.proto.v1.ElementType;
import io.reflux.proto.v1.Tensor;
import io.reflux.proto.v1.Views;
import io.reflux.student.source.PixelBatch;

/** Batches as they travel: by name, or by value to a teacher without a copy of the data set. Thread-safe. */
final class BatchMessages {
    private final RemoteConfig config;
    private final boolean byValue;
    private final ViewRenderer renderer;

    BatchMessages(RemoteConfig config, boolean byValue) {
        this.config = config;
        this.byValue = byValue;
        this.renderer = new ViewRenderer(config.set(), config.augmentation());
    }

    PendingBatch of(ViewBatch batch) {
        int rows = batch.views().size();
        if (byValue) {
            SampleShape shape = config.set().shape();
            byte[] pixels = new byte[rows * shape.elements()];
            for (int i = 0; i < rows; i++) {
                renderer.renderPixels(batch.views().get(i), pixels, i * shape.elements());
            }
            return of(new PixelBatch(batch.batchId(), rows, shape, pixels));
        }
        Views.Builder views = Views.newBuilder();
        for (View view : batch.views()) {
            views.addSampleIds(view.sampleId()).addAugmentationSeeds(view.augmentationSeed());
        }
        return new PendingBatch(
                batch.batchId(), rows, Batch.newBuilder().setViews(views).build());
    }

    PendingBatch of(PixelBatch batch) {
        // The array is not copied: PixelBatch says that it does not change.
        ByteString data = UnsafeByteOperations.unsafeWrap(batch.pixels());
        Tensor tensor = Tensor.newBuilder()
                .setType(ElementType.ELEMENT_TYPE_UINT8)
                .addShape(batch.rows())
                .addShape(batch.shape().channels())
                .addShape(batch.shape().height())
                .addShape(batch.shape().width())
                .setData(data)
                .build();
        return new PendingBatch(
                batch.batchId(),
                batch.rows(),
                Batch.newBuilder().setTensor(tensor).build());
    }
}
