package io.reflux.model.precision;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Which instructions of a processor serve a precision. Without them a precision works all the same, but slower.
 *
 * @param vendor maker of the processor as Linux has it, such as {@code AuthenticAMD}; empty where it does not tell
 * @param flags names of the processor's features as Linux has them, such as {@code avx512_bf16}
 */
public record CpuSupport(String vendor, Set<String> flags) {

    private static final Path CPU_INFO = Path.of("/proc/cpuinfo");

    /** Linux's names on x86 and Arm, the fastest first. */
    private static final Map<Precision, List<String>> SERVING = Map.of(
            Precision.BF16, List.of("amx_bf16", "avx512_bf16", "svebf16", "bf16"),
            Precision.FP16, List.of("amx_fp16", "avx512_fp16", "asimdhp"));

    public CpuSupport {
        flags = Set.copyOf(flags);
    }

    /** The support of the processor this runs on; of one without any features where the system does not tell. */
    public static CpuSupport read() {
        try {
            return parse(Files.readString(CPU_INFO, StandardCharsets.ISO_8859_1));
        } catch (IOException e) {
            return new CpuSupport("", Set.of());
        }
    }

    /** The support that a text in the form of {@code /proc/cpuinfo} tells of. */
    static CpuSupport parse(String cpuInfo) {
        Set<String> flags = values(cpuInfo, "flags", "Features")
                .flatMap(value -> Arrays.stream(value.split("\\s+")))
                .collect(Collectors.toSet());
        return new CpuSupport(values(cpuInfo, "vendor_id").findFirst().orElse(""), flags);
    }

    /** The value of the first line with one of these names. */
    private static Stream<String> values(String cpuInfo, String... names) {
        return cpuInfo.lines()
                .filter(line -> Arrays.stream(names).anyMatch(line::startsWith))
                .limit(1)
                .map(line -> line.substring(line.indexOf(':') + 1).strip());
    }

    /** Whether MKL leaves this processor's widest instructions unused: it does so on those of AMD with AVX-512. */
    public boolean mklIsSlow() {
        return vendor.equals("AuthenticAMD") && flags.contains("avx512f");
    }

    /** The fastest instructions that serve a precision; empty if it is emulated, and for fp32, which needs none. */
    public Optional<String> serving(Precision precision) {
        return SERVING.getOrDefault(precision, List.of()).stream()
                .filter(flags::contains)
                .findFirst();
    }

    /** One line for people about a precision on this processor; empty for fp32. */
    public Optional<String> notice(Precision precision) {
        if (precision == Precision.FP32) {
            return Optional.empty();
        }
        String name = "precision " + precision.label() + ": ";
        String advice = precision == Precision.FP16 ? "bf16 or fp32 is likely faster" : "fp32 is likely faster";
        return Optional.of(serving(precision)
                .map(instructions -> name + "served by " + instructions)
                .orElseGet(() -> name + "emulated, for this processor has none of "
                        + String.join(", ", SERVING.getOrDefault(precision, List.of())) + "; " + advice));
    }
}
