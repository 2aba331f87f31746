package io.reflux.model.precision;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class CpuSupportTest {

    private static final String X86 = """
            processor\t: 0
            flags\t\t: fpu sse2 avx512f avx512_bf16 amx_bf16 amx_tile

            processor\t: 1
            flags\t\t: fpu
            """;

    @Test
    void serving_severalInstructions_isTheFastest() {
        CpuSupport support = CpuSupport.parse(X86);

        assertThat(support.serving(Precision.BF16)).contains("amx_bf16");
        assertThat(support.notice(Precision.BF16)).contains("precision bf16: served by amx_bf16");
        assertThat(support.serving(Precision.FP32)).isEmpty();
        assertThat(support.notice(Precision.FP32)).isEmpty();
    }

    @Test
    void mklIsSlow_onlyOnAmdWithAvx512() {
        assertThat(CpuSupport.parse("vendor_id : AuthenticAMD\nflags : fpu avx512f")
                        .mklIsSlow())
                .isTrue();
        assertThat(CpuSupport.parse("vendor_id : AuthenticAMD\nflags : fpu avx2")
                        .mklIsSlow())
                .isFalse();
        assertThat(CpuSupport.parse("vendor_id : GenuineIntel\nflags : fpu avx512f")
                        .mklIsSlow())
                .isFalse();
        assertThat(CpuSupport.parse("Features : fp asimd").mklIsSlow()).isFalse();
    }

    @Test
    void notice_noInstructions_saysSo() {
        CpuSupport support = CpuSupport.parse("flags : fpu avx2");

        assertThat(support.notice(Precision.BF16))
                .contains(
                        "precision bf16: emulated, for this processor has none of amx_bf16, avx512_bf16, svebf16, bf16;"
                                + " fp32 is likely faster");
        assertThat(support.notice(Precision.FP16))
                .contains(
                        "precision fp16: emulated, for this processor has none of amx_fp16, avx512_fp16, asimdhp; bf16 or"
                                + " fp32 is likely faster");
    }

    @Test
    void parse_armFeatures_areFlags() {
        assertThat(CpuSupport.parse("Features : fp asimd asimdhp bf16").serving(Precision.FP16))
                .contains("asimdhp");
    }
}
