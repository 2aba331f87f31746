package io.reflux.proto.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

final class DigestsTest {

    @Test
    void digest_thereAndBack_isTheSame() {
        String hex = "00ff".repeat(16);
        assertThat(Digests.fromHex(hex).size()).isEqualTo(Digests.BYTES);
        assertThat(Digests.toHex(Digests.fromHex(hex))).isEqualTo(hex);
    }

    @Test
    void fromHex_notADigest_isRefused() {
        assertThatThrownBy(() -> Digests.fromHex("ab")).hasMessage("digest: ab (expected: 64 hexadecimal digits)");
        assertThatThrownBy(() -> Digests.fromHex("x".repeat(64))).isInstanceOf(IllegalArgumentException.class);
    }
}
