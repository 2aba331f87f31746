package io.reflux.proto.encoding;

import io.reflux.proto.v1.Compression;
import io.reflux.proto.v1.Encoding;
import io.reflux.proto.v1.EncodingKind;
import java.util.ArrayList;
import java.util.List;

/** From a description to its encoding, after checks. */
final class EncodingTable {

    private static final float MIN_TEMPERATURE = 0.001f;
    private static final float MAX_TEMPERATURE = 1000;

    private static final List<EncodingKind> KINDS = List.of(
            EncodingKind.ENCODING_KIND_FP32,
            EncodingKind.ENCODING_KIND_FP16,
            EncodingKind.ENCODING_KIND_INT8_ROWS,
            EncodingKind.ENCODING_KIND_TOP_K,
            EncodingKind.ENCODING_KIND_RANDOM_SAMPLING);

    private EncodingTable() {}

    static List<Encoding> served() {
        List<Encoding> served = new ArrayList<>();
        for (Compression compression : List.of(Compression.COMPRESSION_NONE, Compression.COMPRESSION_ZSTD)) {
            for (EncodingKind kind : KINDS) {
                served.add(Encoding.newBuilder()
                        .setKind(kind)
                        .setCompression(compression)
                        .build());
            }
        }
        return List.copyOf(served);
    }

    static SoftLabelEncoding of(Encoding description) {
        SoftLabelEncoding rows = new RowEncoding(codec(description));
        return switch (description.getCompression()) {
            case COMPRESSION_NONE -> rows;
            case COMPRESSION_ZSTD -> new ZstdEncoding(rows);
            case UNRECOGNIZED ->
                throw invalid("compression", description.getCompressionValue(), "COMPRESSION_NONE or COMPRESSION_ZSTD");
        };
    }

    private static RowCodec codec(Encoding description) {
        return switch (description.getKind()) {
            case ENCODING_KIND_FP32 -> {
                requireNoSettings(description);
                yield new Float32Rows();
            }
            case ENCODING_KIND_FP16 -> {
                requireNoSettings(description);
                yield new Float16Rows();
            }
            case ENCODING_KIND_INT8_ROWS -> {
                requireNoSettings(description);
                yield new Int8Rows();
            }
            case ENCODING_KIND_TOP_K -> new TopKRows(count(description, TopKRows.MAX_COUNT), temperature(description));
            case ENCODING_KIND_RANDOM_SAMPLING ->
                new SampledRows(count(description, SampledRows.MAX_COUNT), temperature(description));
            case ENCODING_KIND_UNSPECIFIED, UNRECOGNIZED ->
                throw invalid("kind", description.getKindValue(), "one of " + KINDS);
        };
    }

    private static void requireNoSettings(Encoding description) {
        if (description.getCount() != 0) {
            throw invalid("count", Integer.toUnsignedString(description.getCount()), "0 for " + description.getKind());
        }
        if (description.getTemperature() != 0) {
            throw invalid("temperature", description.getTemperature(), "0 for " + description.getKind());
        }
    }

    private static int count(Encoding description, int max) {
        int count = description.getCount();
        if (count < 1 || count > max) {
            throw invalid("count", Integer.toUnsignedString(count), "1 to " + max + " for " + description.getKind());
        }
        return count;
    }

    private static float temperature(Encoding description) {
        float temperature = description.getTemperature();
        if (temperature == 0) {
            return 1;
        }
        if (!(temperature >= MIN_TEMPERATURE && temperature <= MAX_TEMPERATURE)) {
            throw invalid("temperature", temperature, "0 for 1, or " + MIN_TEMPERATURE + " to " + MAX_TEMPERATURE);
        }
        return temperature;
    }

    private static EncodingException invalid(String field, Object value, String expected) {
        return new EncodingException(
                EncodingException.Code.INVALID, "encoding." + field + ": " + value + " (expected: " + expected + ")");
    }
}
