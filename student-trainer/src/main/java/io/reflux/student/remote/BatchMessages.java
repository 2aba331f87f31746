package io.reflux.student.remote;

import com.google.protobuf.UnsafeByteOperations;
import io.reflux.data.SampleShape;
import io.reflux.data.TextDataSet;
import io.reflux.data.sampling.ViewBatch;
import io.reflux.data.view.PixelScaling;
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
import java.util.Arrays;
import java.util.List;

/** Batches as they travel: by name, or by value to a teacher without a copy of the data set. Thread-safe. */
final class BatchMessages {
    private final RemoteConfig config;
    private final boolean byValue;

    BatchMessages(RemoteConfig config, boolean byValue) {
        this.config = config;
        this.byValue = byValue;
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

    private Tensor tensor(PixelBatch batch) {
        Tensor.Builder tensor = Tensor.newBuilder()
                .addShape(batch.rows())
                .addShape(batch.shape().channels())
                .addShape(batch.shape().height())
                .addShape(batch.shape().width());
        PixelScaling scaling = config.form().scaling();
        if (scaling != null && config.form().numbers()) {
            return tensor.setType(ElementType.ELEMENT_TYPE_FLOAT32)
                    .setData(UnsafeByteOperations.unsafeWrap(scaled(batch, scaling)))
                    .build();
        }
        if (scaling != null) {
            tensor.addAllMean(scaling.mean()).addAllStd(scaling.std());
        }
        // The array is not copied: PixelBatch says that it does not change.
        return tensor.setType(ElementType.ELEMENT_TYPE_UINT8)
                .setData(UnsafeByteOperations.unsafeWrap(batch.pixels()))
                .build();
    }

    private static byte[] scaled(PixelBatch batch, PixelScaling scaling) {
        SampleShape shape = batch.shape();
        scaling.checkFits(shape);
        int plane = shape.height() * shape.width();
        float[][] tables = new float[shape.channels()][];
        Arrays.setAll(tables, scaling::table);
        ByteBuffer numbers = ByteBuffer.allocate(Math.multiplyExact(batch.pixels().length, Float.BYTES))
                .order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < batch.pixels().length; i++) {
            numbers.putFloat(tables[i / plane % tables.length][batch.pixels()[i] & 0xff]);
        }
        return numbers.array();
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
