package io.reflux.proto.encoding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.reflux.proto.v1.Compression;
import io.reflux.proto.v1.Encoding;
import io.reflux.proto.v1.EncodingKind;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever bytes come, a decoder gives finite numbers or an {@link EncodingException}: nothing else, and soon. */
final class HostilePayloadTest {

    private static final int CASES = 2_000;

    static List<Encoding> encodings() {
        return SoftLabelEncoding.served().stream()
                .map(served -> served.getKind() == EncodingKind.ENCODING_KIND_TOP_K
                                || served.getKind() == EncodingKind.ENCODING_KIND_RANDOM_SAMPLING
                        ? served.toBuilder().setCount(6).setTemperature(3).build()
                        : served)
                .toList();
    }

    @ParameterizedTest
    @MethodSource("encodings")
    void decode_randomOrMutatedBytes_isFiniteOrRefused(Encoding description) {
        SoftLabelEncoding encoding = SoftLabelEncoding.of(description);
        Random random = new Random(description.hashCode());
        Assertions.assertTimeoutPreemptively(Duration.ofSeconds(60), () -> {
            int refused = 0;
            for (int i = 0; i < CASES; i++) {
                int classes = List.of(1, 2, 10, 1000).get(i % 4);
                int rows = random.nextInt(4);
                byte[] good = encoding.encode(RandomLogits.of(i, rows * classes), 0, rows, classes, row -> row)
                        .toByteArray();
                refused += decode(encoding, mutated(good, random), rows, classes);
                refused += decode(encoding, random(good.length, random), rows, classes);
            }
            assertThat(refused).isGreaterThan(CASES / 2);
        });
    }

    private static int decode(SoftLabelEncoding encoding, byte[] payload, int rows, int classes) {
        float[] target = new float[rows * classes];
        try {
            encoding.decode(ByteString.copyFrom(payload), rows, classes, target, 0);
        } catch (EncodingException e) {
            assertThat(e).hasMessageContaining("(expected: ");
            return 1;
        }
        for (float value : target) {
            assertThat(value).isFinite();
        }
        return 0;
    }

    private static byte[] mutated(byte[] good, Random random) {
        byte[] bytes = good.clone();
        switch (random.nextInt(3)) {
            case 0 -> bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length + 1));
            case 1 -> bytes = Arrays.copyOf(bytes, bytes.length + 1 + random.nextInt(20));
            default -> {
                // Flipped below.
            }
        }
        for (int i = random.nextInt(4); bytes.length > 0 && i >= 0; i--) {
            bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
        }
        return bytes;
    }

    private static byte[] random(int length, Random random) {
        byte[] bytes = new byte[random.nextInt(4) == 0 ? random.nextInt(2 * length + 8) : length];
        random.nextBytes(bytes);
        return bytes;
    }

    /** A frame of a dozen bytes that states 2^40 bytes of content, or 2^31, or hides their number. */
    @Test
    void zstd_bombs_areRefusedByTheirHeader() {
        SoftLabelEncoding zstd = SoftLabelEncoding.of(Encoding.newBuilder()
                .setKind(EncodingKind.ENCODING_KIND_FP32)
                .setCompression(Compression.COMPRESSION_ZSTD)
                .build());
        refuse(
                zstd,
                "28b52ffd" + "e0" + "0000000000010000" + "010000",
                "payload: 1099511627776 bytes" + " (expected: at most 12, decompressed)");
        refuse(
                zstd,
                "28b52ffd" + "a0" + "00000080" + "010000",
                "payload: 2147483648 bytes" + " (expected: at most 12, decompressed)");
        refuse(
                zstd,
                "28b52ffd" + "00" + "58" + "010000",
                "payload: 9 bytes" + " (expected: a Zstandard frame that states its content size)");
        refuse(zstd, "", "payload: 0 bytes (expected: a Zstandard frame that states its content size)");
        // A block of 12 repeated bytes where 8 are stated.
        assertThatThrownBy(() -> zstd.decode(
                        ByteString.fromHex("28b52ffd" + "20" + "08" + "630000" + "00"), 1, 3, new float[3], 0))
                .isInstanceOf(EncodingException.class);
    }

    private static void refuse(SoftLabelEncoding zstd, String payload, String message) {
        assertThatThrownBy(() -> zstd.decode(ByteString.fromHex(payload), 1, 3, new float[3], 0))
                .isInstanceOf(EncodingException.class)
                .hasMessage(message);
    }

    @Test
    void zstd_contentThatDoesNotCompress_staysWithinItsBound() {
        SoftLabelEncoding zstd = SoftLabelEncoding.of(Encoding.newBuilder()
                .setKind(EncodingKind.ENCODING_KIND_FP32)
                .setCompression(Compression.COMPRESSION_ZSTD)
                .build());
        Random random = new Random(1);
        for (int elements : new int[] {0, 1, 7, 100, 5_000, 100_000}) {
            float[] logits = new float[elements];
            for (int i = 0; i < elements; i++) {
                logits[i] = Float.intBitsToFloat(random.nextInt() & 0xbfffffff);
            }
            ByteString payload = zstd.encode(logits, 0, elements, 1, row -> 0);
            assertThat(payload.size()).isLessThanOrEqualTo(zstd.maxEncodedBytes(elements, 1));
            float[] back = new float[elements];
            zstd.decode(payload, elements, 1, back, 0);
            assertThat(back).isEqualTo(logits);
        }
    }
}
