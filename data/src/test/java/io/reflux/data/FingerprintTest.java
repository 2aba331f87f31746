package io.reflux.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

final class FingerprintTest {

    private static final PatternDataSet SET = new PatternDataSet(new SampleShape(2, 3, 4), 3, 5);

    @Test
    void ofContent_isTheDigestOfItsSpecifiedBytes() throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        byte[] scheme = "reflux-images-1".getBytes(StandardCharsets.UTF_8);
        out.writeLong(scheme.length);
        out.write(scheme);
        for (long number : new long[] {2, 3, 4, 3, 5}) {
            out.writeLong(number);
        }
        for (int sample = 0; sample < 5; sample++) {
            out.writeByte(sample % 3);
            for (int pixel = 0; pixel < 24; pixel++) {
                out.writeByte(31 * sample + 7 * pixel + 1);
            }
        }

        assertThat(SET.fingerprint())
                .isEqualTo(HexFormat.of()
                        .formatHex(MessageDigest.getInstance("SHA-256").digest(bytes.toByteArray())));
    }

    @Test
    void ofContent_changesWithShapeClassesAndSize() {
        assertThat(SET.fingerprint())
                .matches("[0-9a-f]{64}")
                .isNotEqualTo(new PatternDataSet(new SampleShape(2, 4, 3), 3, 5).fingerprint())
                .isNotEqualTo(new PatternDataSet(SET.shape(), 4, 5).fingerprint())
                .isNotEqualTo(new PatternDataSet(SET.shape(), 3, 4).fingerprint());
    }
}
