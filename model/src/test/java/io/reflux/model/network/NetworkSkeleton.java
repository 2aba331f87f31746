package io.reflux.model.network;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;
import java.util.zip.GZIPInputStream;

/**
 * A network as a peer exported it, but for its large weights, which are drawn again here. The files are made by
 * {@code benchmarks/peers/networks/export.py}.
 */
final class NetworkSkeleton {

    private static final String UNIFORM = "uniform ";

    private NetworkSkeleton() {}

    /** The bytes of the whole ONNX file. */
    static byte[] filled(String resource) throws IOException {
        ModelProto.Builder model;
        try (InputStream file = NetworkSkeleton.class.getResourceAsStream("/networks/" + resource)) {
            if (file == null) {
                throw new IllegalArgumentException(resource + ": no such skeleton");
            }
            model = ModelProto.parseFrom(new GZIPInputStream(file)).toBuilder();
        }
        Random random = new Random(1);
        for (TensorProto.Builder tensor : model.getGraphBuilder().getInitializerBuilderList()) {
            if (tensor.getDocString().startsWith(UNIFORM)) {
                fill(tensor, random);
            }
        }
        return model.build().toByteArray();
    }

    private static void fill(TensorProto.Builder tensor, Random random) {
        String[] range = tensor.getDocString().substring(UNIFORM.length()).split(" ");
        float low = Float.parseFloat(range[0]);
        float high = Float.parseFloat(range[1]);
        long elements = tensor.getDimsList().stream().reduce(1L, Math::multiplyExact);
        ByteBuffer values =
                ByteBuffer.allocate(Math.toIntExact(elements * Float.BYTES)).order(ByteOrder.LITTLE_ENDIAN);
        for (long i = 0; i < elements; i++) {
            values.putFloat(low + (high - low) * random.nextFloat());
        }
        tensor.clearDocString().setRawData(ByteString.copyFrom(values.flip()));
    }
}
