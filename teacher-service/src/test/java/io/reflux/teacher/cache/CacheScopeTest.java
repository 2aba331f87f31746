package io.reflux.teacher.cache;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.reflux.data.view.Augmentation;
import io.reflux.proto.v1.Compression;
import io.reflux.proto.v1.Encoding;
import io.reflux.proto.v1.EncodingKind;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

final class CacheScopeTest {

    private static final ByteString MODEL = ByteString.copyFromUtf8("model");
    private static final ByteString SET = ByteString.copyFromUtf8("set");
    private static final Encoding TOP_3 = Encoding.newBuilder()
            .setKind(EncodingKind.ENCODING_KIND_TOP_K)
            .setCount(3)
            .setTemperature(4)
            .build();

    private static CacheScope scope(
            ByteString model, ByteString set, Augmentation views, String output, Encoding rows) {
        return CacheScope.of(model, 0, set, views, output, new int[0], rows);
    }

    @Test
    void scope_differs_inEverythingThatALabelDependsOn() {
        Augmentation shifts = Augmentation.shifts(2);
        assertThat(List.of(
                        scope(MODEL, SET, shifts, "logits", TOP_3),
                        CacheScope.of(MODEL, 32, SET, shifts, "logits", new int[0], TOP_3),
                        scope(SET, MODEL, shifts, "logits", TOP_3),
                        scope(MODEL, ByteString.copyFromUtf8("sets"), shifts, "logits", TOP_3),
                        scope(MODEL, SET, Augmentation.NONE, "logits", TOP_3),
                        scope(MODEL, SET, new Augmentation(2, true), "logits", TOP_3),
                        scope(MODEL, SET, shifts, "hint", TOP_3),
                        CacheScope.of(MODEL, 0, SET, shifts, "logits", new int[] {1}, TOP_3),
                        CacheScope.of(MODEL, 0, SET, shifts, "logits", new int[] {1, 4}, TOP_3),
                        scope(
                                MODEL,
                                SET,
                                shifts,
                                "logits",
                                TOP_3.toBuilder().setCount(4).build()),
                        scope(
                                MODEL,
                                SET,
                                shifts,
                                "logits",
                                TOP_3.toBuilder().setTemperature(5).build()),
                        scope(
                                MODEL,
                                SET,
                                shifts,
                                "logits",
                                TOP_3.toBuilder()
                                        .setKind(EncodingKind.ENCODING_KIND_RANDOM_SAMPLING)
                                        .build())))
                .extracting(CacheScope::digest)
                .doesNotHaveDuplicates();
    }

    @Test
    void scope_isTheSame_whateverTheCompression() {
        Encoding compressed =
                TOP_3.toBuilder().setCompression(Compression.COMPRESSION_ZSTD).build();
        assertThat(scope(MODEL, SET, Augmentation.NONE, "logits", compressed))
                .isEqualTo(scope(MODEL, SET, Augmentation.NONE, "logits", TOP_3));
    }

    /** Another value would orphan every folder that exists. */
    @Test
    void scope_digest_isThatOfTheDocumentedBytes() throws Exception {
        // docs/cache.md: each text or digest after its length, each number in four bytes, big-endian.
        byte[] documented = HexFormat.of()
                .parseHex("0000000d" + hex("reflux.rows.1") + "00000005" + hex("model") + "00000000" + "00000003"
                        + hex("set")
                        + "00000002" + "00000000" + "00000006" + hex("logits") + "00000000" + "00000004" + "00000003"
                        + "40800000");
        assertThat(scope(MODEL, SET, Augmentation.shifts(2), "logits", TOP_3)
                        .digest()
                        .toByteArray())
                .isEqualTo(MessageDigest.getInstance("SHA-256").digest(documented));
    }

    private static String hex(String text) {
        return HexFormat.of().formatHex(text.getBytes(StandardCharsets.UTF_8));
    }
}
