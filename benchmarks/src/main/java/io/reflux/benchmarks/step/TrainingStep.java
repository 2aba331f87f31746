package io.reflux.benchmarks.step;

import ai.djl.engine.Engine;
import io.reflux.benchmarks.step.Settings.Part;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.precision.Precision;
import io.reflux.model.step.DistillationLoss;
import io.reflux.model.step.Sgd;
import io.reflux.model.step.TrainStep;
import io.reflux.model.zoo.Zoo;
import io.reflux.model.zoo.ZooSetting;
import io.reflux.model.zoo.ZooSpec;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A full step (forward, distillation loss, backward, SGD with momentum) of Reflux, PyTorch and DJL's blocks, in turns;
 * inference against ONNX Runtime; and how long a large graph takes to compile. Run by {@code benchmarks/training-step/run},
 * once for each number of threads, since libtorch's is fixed when a process begins. Markdown goes to standard output.
 */
public final class TrainingStep {

    private static final List<String> COLUMNS = List.of("Reflux", "PyTorch eager", "PyTorch compile", "DJL blocks");
    private static final int COMPILATIONS = 5;

    private final Settings settings;
    private final int threads;

    private TrainingStep(Settings settings) {
        this.settings = settings;
        this.threads = Integer.parseInt(System.getenv().getOrDefault("OMP_NUM_THREADS", "1"));
    }

    /** Runs what the command line asks for. */
    public static void main(String[] arguments) throws Exception {
        Settings settings;
        try {
            settings = Settings.of(arguments);
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage());
            System.exit(2);
            return;
        }
        TrainingStep program = new TrainingStep(settings);
        try {
            program.run();
        } catch (IOException e) {
            System.err.println(e.getMessage());
            System.exit(1);
        }
    }

    private void run() throws Exception {
        Engine.getEngine("PyTorch");
        if (settings.parts().contains(Part.STEP)) {
            steps();
        }
        if (settings.parts().contains(Part.INFERENCE)) {
            inference();
        }
        if (settings.parts().contains(Part.OVERHEAD)) {
            overhead();
        }
        if (settings.parts().contains(Part.COMPILATION)) {
            compilation();
        }
    }

    private void steps() throws Exception {
        if (settings.python() == null) {
            System.out.println("No --python: PyTorch's columns stay empty.\n");
            steps(null, null);
        } else {
            try (PeerProcess eager = new PeerProcess(settings.python(), settings.peer());
                    PeerProcess compiled =
                            settings.compile() ? new PeerProcess(settings.python(), settings.peer()) : null) {
                System.out.printf("PyTorch %s in Python; libtorch 2.7.1 in Java.%n%n", eager.version());
                steps(eager, compiled);
            }
        }
    }

    private void steps(@Nullable PeerProcess eager, @Nullable PeerProcess compiled) throws Exception {
        System.out.println("| network | precision | threads | batch | " + String.join(" | ", COLUMNS)
                + " | eager / Reflux | spread of Reflux |");
        System.out.println("|---|---|---|---|---|---|---|---|---|---|");
        for (Workload.Network network : settings.networks()) {
            if (!network.inZoo()) {
                System.err.println(network.key() + ": not in the zoo, left out");
                continue;
            }
            for (Precision precision : settings.precisions()) {
                for (int batch : settings.batches()) {
                    step(new Workload(network, batch, precision), eager, compiled);
                }
            }
        }
        System.out.println("\nMilliseconds a step ("
                + (settings.turns().clock() == Clock.CPU ? "CPU time of the one thread" : "time passed")
                + "), medians of "
                + settings.turns().rounds() + " turns.\n");
    }

    private void step(Workload workload, @Nullable PeerProcess eager, @Nullable PeerProcess compiled) throws Exception {
        List<Contender> contenders = new ArrayList<>();
        try {
            RefluxStep own = new RefluxStep(workload);
            contenders.add(own);
            if (eager != null) {
                contenders.add(new PeerStep(eager, workload, "eager", own.parameters()));
            }
            if (compiled != null) {
                contenders.add(new PeerStep(compiled, workload, "compile", own.parameters()));
            }
            if (workload.precision() == Precision.FP32 && DjlBlocks.know(workload.network())) {
                contenders.add(new DjlStep(workload));
            }
            print(workload, settings.turns().take(contenders));
        } finally {
            contenders.forEach(Contender::close);
        }
    }

    private void print(Workload workload, Map<String, List<Double>> times) {
        StringBuilder row = new StringBuilder(String.format(
                Locale.ROOT,
                "| %s | %s | %d | %d ",
                workload.network().key(),
                PeerProcess.precision(workload.precision()),
                threads,
                workload.batch()));
        for (String column : COLUMNS) {
            row.append(times.containsKey(column) ? cell(Turns.median(times.get(column))) : "| - ");
        }
        List<Double> own = times.get(COLUMNS.get(0));
        List<Double> peer = times.get(COLUMNS.get(1));
        row.append(
                peer == null ? "| - " : String.format(Locale.ROOT, "| %.2f ", Turns.median(peer) / Turns.median(own)));
        row.append(cell(own.get(0)))
                .append("to ")
                .append(cell(own.get(own.size() - 1)).substring(2))
                .append('|');
        System.out.println(row);
    }

    private static String cell(double milliseconds) {
        return String.format(Locale.ROOT, milliseconds < 10 ? "| %.3f " : "| %.1f ", milliseconds);
    }

    private void inference() throws Exception {
        System.out.println("| inference, fp32 | threads | batch | Reflux | ONNX Runtime | ONNX Runtime / Reflux |");
        System.out.println("|---|---|---|---|---|---|");
        for (Workload.Network network : settings.networks()) {
            if (!network.inZoo()) {
                continue;
            }
            ModelGraph graph = network.graph();
            for (int batch : settings.batches()) {
                Workload workload = new Workload(network, batch, Precision.FP32);
                try (Inference own = Inference.reflux(graph, workload);
                        Inference peer = Inference.onnxRuntime(graph, workload, threads)) {
                    Map<String, List<Double>> times = settings.turns().take(List.of(own, peer));
                    double ours = Turns.median(times.get(own.name()));
                    double theirs = Turns.median(times.get(peer.name()));
                    System.out.printf(
                            Locale.ROOT,
                            "| %s | %d | %d %s%s| %.2f |%n",
                            network.key(),
                            threads,
                            batch,
                            cell(ours),
                            cell(theirs),
                            theirs / ours);
                }
            }
        }
        System.out.println();
    }

    private void overhead() throws Exception {
        System.out.println("| Java alone | batch | microseconds a step |");
        System.out.println("|---|---|---|");
        for (Workload.Network network : settings.networks()) {
            for (int batch : settings.batches()) {
                try (EmptyStep step = new EmptyStep(new Workload(network, batch, Precision.FP32))) {
                    List<Double> times = settings.turns().take(List.of(step)).get(step.name());
                    System.out.printf(
                            Locale.ROOT, "| %s | %d | %.0f |%n", network.key(), batch, 1e3 * Turns.median(times));
                }
            }
        }
        System.out.println();
    }

    /** ResNet-56 of five times the width has as many convolutions as ResNet-50, and about its 24 million parameters. */
    private void compilation() {
        ModelGraph graph = Zoo.build(
                ZooSpec.of("resnet-56").withInputShape(List.of(3, 32, 32)).with(ZooSetting.WIDTH, 5.0));
        List<Double> seconds = new ArrayList<>();
        for (int i = 0; i < COMPILATIONS; i++) {
            long begin = System.nanoTime();
            TrainStep.compile(graph, new DistillationLoss(4, 1, 1), new Sgd(0.9, false, 0), "cpu", 1)
                    .close();
            seconds.add((System.nanoTime() - begin) / 1e9);
        }
        double first = seconds.get(0);
        seconds.sort(null);
        System.out.printf(
                Locale.ROOT,
                "Compiling a training step of %d nodes (ResNet-56, 5 times as wide): %.2f s the first time, median of %d %.2f s.%n",
                graph.nodes().size(),
                first,
                COMPILATIONS,
                Turns.median(seconds));
    }
}
