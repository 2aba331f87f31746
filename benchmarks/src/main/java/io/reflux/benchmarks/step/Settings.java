package io.reflux.benchmarks.step;

import io.reflux.model.precision.Precision;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What the command line asks for.
 *
 * @param parts what is measured
 * @param python a Python with PyTorch, or null to leave PyTorch out
 * @param peer {@code peer.py}
 * @param compile whether {@code torch.compile} takes part; compiling takes minutes
 * @param networks the networks
 * @param batches batch sizes
 * @param precisions precisions of Reflux and PyTorch
 * @param turns how turns are taken
 */
record Settings(
        Set<Part> parts,
        @Nullable String python,
        Path peer,
        boolean compile,
        List<Workload.Network> networks,
        List<Integer> batches,
        List<Precision> precisions,
        Turns turns) {

    /** What can be measured by itself, so that a machine that others need is not held for long. */
    enum Part {
        STEP,
        INFERENCE,
        OVERHEAD,
        COMPILATION
    }

    static final String USAGE =
            "usage: TrainingStep PEER_SCRIPT [--parts step,inference,overhead,compilation] [--python PYTHON]"
                    + " [--compile true|false] [--networks a,b]"
                    + " [--batches 32,128] [--precisions fp32,bf16] [--rounds 7] [--seconds 0.5] [--clock wall|cpu]";

    Settings {
        parts = Set.copyOf(parts);
        networks = List.copyOf(networks);
        batches = List.copyOf(batches);
        precisions = List.copyOf(precisions);
    }

    /**
     * Reads the command line.
     *
     * @throws IllegalArgumentException with what is wrong with it
     */
    static Settings of(String[] arguments) {
        if (arguments.length % 2 == 0) {
            throw new IllegalArgumentException(USAGE);
        }
        Set<Part> parts = EnumSet.allOf(Part.class);
        String python = null;
        boolean compile = true;
        List<Workload.Network> networks = Arrays.asList(Workload.Network.values());
        List<Integer> batches = List.of(32, 128);
        List<Precision> precisions = List.of(Precision.FP32, Precision.BF16);
        int rounds = 7;
        double seconds = 0.5;
        Clock clock = Clock.WALL;
        for (int i = 1; i < arguments.length; i += 2) {
            String value = arguments[i + 1];
            switch (arguments[i]) {
                case "--parts" -> parts = Set.copyOf(list(value, part -> Part.valueOf(part.toUpperCase(Locale.ROOT))));
                case "--python" -> python = value;
                case "--compile" -> compile = Boolean.parseBoolean(value);
                case "--networks" -> networks = list(value, Workload.Network::of);
                case "--batches" -> batches = list(value, Integer::valueOf);
                case "--precisions" -> precisions = list(value, p -> Precision.valueOf(p.toUpperCase(Locale.ROOT)));
                case "--rounds" -> rounds = Integer.parseInt(value);
                case "--clock" -> clock = Clock.valueOf(value.toUpperCase(Locale.ROOT));
                case "--seconds" -> seconds = Double.parseDouble(value);
                default -> throw new IllegalArgumentException(arguments[i] + ": unknown; " + USAGE);
            }
        }
        return new Settings(
                parts,
                python,
                Path.of(arguments[0]),
                compile,
                networks,
                batches,
                precisions,
                new Turns(rounds, seconds, clock));
    }

    private static <T> List<T> list(String text, Function<String, T> read) {
        List<T> values = new ArrayList<>();
        for (String part : text.split(",")) {
            values.add(read.apply(part));
        }
        return values;
    }
}
