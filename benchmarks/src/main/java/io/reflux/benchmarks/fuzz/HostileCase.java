package io.reflux.benchmarks.fuzz;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import io.reflux.proto.v1.Augmentation;
import io.reflux.proto.v1.Batch;
import io.reflux.proto.v1.Credit;
import io.reflux.proto.v1.ElementType;
import io.reflux.proto.v1.Encoding;
import io.reflux.proto.v1.EncodingKind;
import io.reflux.proto.v1.LabelRequest;
import io.reflux.proto.v1.Open;
import io.reflux.proto.v1.Tensor;
import io.reflux.proto.v1.Views;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Random;

/**
 * What is sent in one case.
 *
 * @param path method that is called; empty: the bytes are a connection's, not a call's
 * @param bytes body of the call, or all that the connection carries
 */
record HostileCase(String path, Buffer bytes) {

    /** Name of the hidden layer that the teacher gives beside its logits. */
    static final String HINT = "relu1.out";

    private static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] SETTINGS = {0, 0, 0, 4, 0, 0, 0, 0, 0};
    private static final int DATA = 0;
    private static final int HEADERS = 1;
    private static final int END_HEADERS = 4;
    private static final String LABEL = "/reflux.v1.Distillation/Label";
    private static final String[] OTHERS = {
        "/reflux.v1.Distillation/Describe",
        "/reflux.v1.Distillation/Nothing",
        "/grpc.health.v1.Health/Check",
        "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo"
    };

    /** One of 16 cases is a connection of its own, since those cost most; most of the others are mutated label streams. */
    static HostileCase of(long seed, ByteString fingerprint) {
        // Seeds that follow each other begin alike, so they are spread first.
        Random random = new Random(seed * 0x9E3779B97F4A7C15L);
        return switch (random.nextInt(16)) {
            case 0 ->
                new HostileCase(
                        "",
                        switch (random.nextInt(3)) {
                            case 0 -> noise(random, 2000);
                            case 1 -> frames(random);
                            default -> cutCall(random, fingerprint);
                        });
            case 1, 2 ->
                new HostileCase(
                        OTHERS[random.nextInt(OTHERS.length)],
                        framed(noise(random, 100).getBytes()));
            case 3 -> new HostileCase(LABEL, noise(random, 300));
            default -> new HostileCase(LABEL, mutated(random, stream(random, fingerprint)));
        };
    }

    private static Buffer noise(Random random, int most) {
        byte[] bytes = new byte[random.nextInt(most)];
        random.nextBytes(bytes);
        return Buffer.buffer(bytes);
    }

    private static Buffer frames(Random random) {
        Buffer bytes = Buffer.buffer(PREFACE).appendBytes(SETTINGS);
        for (int frame = random.nextInt(20); frame >= 0; frame--) {
            append(bytes, random.nextInt(12), random.nextInt(256), random.nextInt(8), noise(random, 100));
        }
        return bytes;
    }

    /** A call that begins well, whose connection ends under way. */
    private static Buffer cutCall(Random random, ByteString fingerprint) {
        Buffer headers = Buffer.buffer();
        Map.of(
                        ":method",
                        "POST",
                        ":scheme",
                        "http",
                        ":path",
                        LABEL,
                        "content-type",
                        "application/grpc",
                        "te",
                        "trailers")
                .entrySet()
                .stream()
                // Pseudo-headers come first.
                .sorted(Map.Entry.comparingByKey())
                .forEach(header -> literal(headers, header.getKey(), header.getValue()));
        Buffer bytes = Buffer.buffer(PREFACE).appendBytes(SETTINGS);
        append(bytes, HEADERS, END_HEADERS, 1, headers);
        append(bytes, DATA, 0, 1, mutated(random, stream(random, fingerprint)));
        return bytes.getBuffer(0, bytes.length() - random.nextInt(40));
    }

    private static void append(Buffer bytes, int type, int flags, int stream, Buffer payload) {
        bytes.appendMedium(payload.length())
                .appendByte((byte) type)
                .appendByte((byte) flags)
                .appendInt(stream)
                .appendBuffer(payload);
    }

    /** A header as HPACK's literal without indexing (RFC 7541, 6.2.2). */
    private static void literal(Buffer headers, String name, String value) {
        headers.appendByte((byte) 0)
                .appendByte((byte) name.length())
                .appendString(name)
                .appendByte((byte) value.length())
                .appendString(value);
    }

    /** A stream that a teacher would answer with labels. */
    private static Buffer stream(Random random, ByteString fingerprint) {
        Open.Builder open = Open.newBuilder();
        if (random.nextInt(3) == 0) {
            open.addOutputs("logits")
                    .addOutputs(HINT)
                    .addOutputEncodings(Encoding.newBuilder().setKind(EncodingKind.ENCODING_KIND_FP32))
                    .addOutputEncodings(Encoding.newBuilder().setKind(EncodingKind.ENCODING_KIND_INT8_ROWS));
        }
        Buffer bytes = framed(LabelRequest.newBuilder()
                .setOpen(open.setStudent("fuzz")
                        .setEncoding(Encoding.newBuilder()
                                .setKind(
                                        random.nextBoolean()
                                                ? EncodingKind.ENCODING_KIND_FP32
                                                : EncodingKind.ENCODING_KIND_FP16))
                        .setAugmentation(Augmentation.newBuilder().setMaxShift(random.nextInt(4)))
                        .setDataSetFingerprint(fingerprint)
                        .setCreditBytes(random.nextInt(1 << 16)))
                .build());
        int batches = random.nextInt(4);
        for (int id = 0; id < batches; id++) {
            bytes.appendBuffer(framed(LabelRequest.newBuilder()
                    .setBatch(random.nextInt(4) == 0 ? tensor(id) : views(random, id))
                    .build()));
            bytes.appendBuffer(framed(LabelRequest.newBuilder()
                    .setCredit(Credit.newBuilder().setBytes(random.nextInt(1 << 12)))
                    .build()));
        }
        return bytes;
    }

    private static Batch.Builder views(Random random, int id) {
        Views.Builder views = Views.newBuilder();
        for (int i = random.nextInt(8); i >= 0; i--) {
            views.addSampleIds(random.nextInt(100)).addAugmentationSeeds(random.nextLong());
        }
        return Batch.newBuilder().setBatchId(id).setViews(views);
    }

    private static Batch.Builder tensor(int id) {
        return Batch.newBuilder()
                .setBatchId(id)
                .setTensor(Tensor.newBuilder()
                        .setType(ElementType.ELEMENT_TYPE_UINT8)
                        .addShape(1)
                        .addShape(1)
                        .addShape(28)
                        .addShape(28)
                        .setData(ByteString.copyFrom(new byte[28 * 28])));
    }

    /** Up to seven times a byte replaced, a bit turned, a part left out, a part doubled, or the end cut off; or never. */
    private static Buffer mutated(Random random, Buffer right) {
        Buffer bytes = right;
        for (int times = random.nextInt(8); times > 0 && bytes.length() > 1; times--) {
            int at = random.nextInt(bytes.length());
            int to = at + random.nextInt(Math.min(16, bytes.length() - at));
            switch (random.nextInt(5)) {
                case 0 -> bytes.setByte(at, (byte) random.nextInt(256));
                case 1 -> bytes.setByte(at, (byte) (bytes.getByte(at) ^ 1 << random.nextInt(8)));
                case 2 -> bytes = bytes.getBuffer(0, at).appendBuffer(bytes, to, bytes.length() - to);
                case 3 -> bytes = bytes.getBuffer(0, to).appendBuffer(bytes, at, bytes.length() - at);
                default -> bytes = bytes.getBuffer(0, at);
            }
        }
        return bytes;
    }

    private static Buffer framed(MessageLite message) {
        return framed(message.toByteArray());
    }

    private static Buffer framed(byte[] message) {
        return Buffer.buffer().appendByte((byte) 0).appendInt(message.length).appendBytes(message);
    }
}
