package io.reflux.app.teacher;

import io.reflux.app.console.ExitCode;
import io.reflux.app.console.Json;
import io.reflux.app.console.OptionRange;
import io.reflux.app.console.UsageException;
import io.reflux.app.dataset.DataFiles;
import io.reflux.data.catalog.DataCatalog;
import io.reflux.data.catalog.DataSetSpec;
import io.reflux.data.catalog.TextForm;
import io.reflux.model.script.TorchDevice;
import io.reflux.teacher.server.TeacherConfig;
import io.reflux.teacher.server.TeacherServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Serves a model's soft labels until a signal ends it. */
@Command(
        name = "teacher",
        header = "Serves a model's soft labels to students over gRPC.",
        description = {
            "",
            "Prints one line with its addresses when it is ready, and serves until Ctrl-C or SIGTERM; then it finishes"
                    + " what it has taken and ends. gRPC health and reflection are at the same port; the metrics port"
                    + " answers /metrics, /healthz and /readyz. With --data, students name samples and send no pixels.",
            ""
        },
        footer = {
            "",
            "Examples:",
            "  reflux teacher --model teacher.onnx",
            "  reflux teacher --model teacher.onnx --data mnist --data-dir /data \\",
            "      --host 0.0.0.0",
            "  reflux teacher --model teacher.onnx --host 0.0.0.0 --tls-cert cert.pem \\",
            "      --tls-key key.pem --token-file tokens",
            "  reflux teacher --model teacher.onnx --data mnist --data-dir /data \\",
            "      --cache-dir /var/cache/reflux",
            "  reflux teacher --model teacher.onnx --hint /layer2/relu_output",
            "  reflux teacher --model teacher.pt --data glyphs --port 0 --metrics-port 0 \\",
            "      --ready-file ready.json"
        })
public final class TeacherCommand implements Callable<Integer> {

    private static final int MAX_PORT = 65_535;
    private static final int MAX_DRAIN_SECONDS = 86_400;
    private static final Duration WATCH_INTERVAL = Duration.ofSeconds(2);

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--model",
            paramLabel = "FILE",
            required = true,
            description = "The model: .onnx, or .pt (TorchScript).")
    private Path model;

    @Option(
            names = "--hint",
            paramLabel = "NAME",
            description = "An inner value of the model that students may ask for beside its logits, by its name in the"
                    + " graph. Can be given more than once. Further outputs of the file need not be named.")
    private List<String> hints = List.of();

    @Option(
            names = "--data",
            paramLabel = "NAME",
            description =
                    "Data set that students may name samples of: mnist, cifar10, glyphs, tiny-shakespeare or sst2. Can be"
                            + " given more than once.")
    private List<String> data = List.of();

    @Mixin
    private DataFiles files;

    @Option(
            names = "--host",
            paramLabel = "ADDRESS",
            defaultValue = "127.0.0.1",
            description = "Address to listen on; 0.0.0.0 for all (default: ${DEFAULT-VALUE}).")
    private String host;

    @Option(
            names = "--port",
            paramLabel = "PORT",
            defaultValue = "7070",
            description = "Port for students; 0 for any free one (default: ${DEFAULT-VALUE}).")
    private int port;

    @Option(
            names = "--metrics-port",
            paramLabel = "PORT",
            defaultValue = "9464",
            description = "Port for operators; 0 for any free one (default: ${DEFAULT-VALUE}).")
    private int metricsPort;

    @Option(
            names = "--device",
            paramLabel = "DEVICE",
            defaultValue = "cpu",
            description = "cpu, cuda or cuda:N (default: ${DEFAULT-VALUE}).")
    private String device;

    @Option(
            names = "--max-batch",
            paramLabel = "SAMPLES",
            description = "Most samples that enter the model together, across students (default: 256; 32 with"
                    + " --deterministic). How many do is chosen by the measured latency (docs/teacher.md).")
    private @Nullable Integer maxBatch;

    @Option(
            names = "--latency-goal-ms",
            paramLabel = "MS",
            defaultValue = "250",
            description = "What one batch may take the model; larger ones are not made (default: ${DEFAULT-VALUE}).")
    private long latencyGoalMillis;

    @Option(
            names = "--deterministic",
            description =
                    "Always compute --max-batch samples at a time, zeros where fewer wait: a sample's labels are then"
                            + " the same bits whoever else is connected, at the price of what the zeros cost.")
    private boolean deterministic;

    @Option(
            names = "--window-ms",
            paramLabel = "MS",
            defaultValue = "2",
            description = "The longest that a batch waits for other students' samples while the model is idle; 0: never"
                    + " (default: ${DEFAULT-VALUE}).")
    private long windowMillis;

    @Option(
            names = "--threads",
            paramLabel = "N",
            defaultValue = "2",
            description = "Threads that render and encode beside the model (default: ${DEFAULT-VALUE}).")
    private int threads;

    @Option(
            names = "--watch",
            description =
                    "Serve what is put in the place of --model's file, without dropping a stream: write it beside and"
                            + " rename it. What cannot take the model's place is left alone (docs/teacher.md).")
    private boolean watch;

    @Option(
            names = "--drain-seconds",
            paramLabel = "S",
            defaultValue = "10",
            description = "How long the end waits for what is in flight (default: ${DEFAULT-VALUE}).")
    private long drainSeconds;

    @ArgGroup(exclusive = false, heading = "%nWhere answers are kept (docs/cache.md):%n")
    private CacheOptions cache = new CacheOptions();

    @ArgGroup(exclusive = false, heading = "%nWho may call (docs/security.md):%n")
    private AccessOptions access = new AccessOptions();

    @Option(
            names = "--ready-file",
            paramLabel = "FILE",
            description = "Write ports and addresses there, as JSON and at once, when ready.")
    private @Nullable Path readyFile;

    @Option(names = "--stop-with", paramLabel = "PID", description = "End when the process with this id ends.")
    private @Nullable Long stopWith;

    @Option(names = "--json", description = "Print the line of addresses as JSON, for scripts.")
    private boolean json;

    @Override
    public Integer call() throws IOException {
        TeacherConfig config = UsageException.settings(this::config);
        CountDownLatch ended = new CountDownLatch(1);
        TeacherServer server = TeacherServer.start(config);
        Runtime.getRuntime().addShutdownHook(new Thread(server::close, "drain-teacher"));
        if (stopWith != null) {
            ProcessHandle.of(stopWith)
                    .orElseThrow(() -> new UsageException("--stop-with: " + stopWith + " (expected: a process's id)"))
                    .onExit()
                    .thenRun(ended::countDown);
        }
        tellReady(server);
        await(ended);
        return ExitCode.OK;
    }

    private TeacherConfig config() {
        checkRanges();
        TorchDevice.requireName(device);
        if (readyFile != null && !Files.isDirectory(readyFile.toAbsolutePath().getParent())) {
            throw new IllegalArgumentException(
                    "--ready-file: " + readyFile + " (expected: a file in a folder that is there)");
        }
        int together = maxBatch == null ? TeacherConfig.usualBatchSamples(deterministic) : maxBatch;
        List<DataSetSpec> sets = data.stream()
                .distinct()
                .map(name -> files.of(DataCatalog.requireName(name), 0, 0, TextForm.USUAL))
                .toList();
        return TeacherConfig.builder(model)
                .dataSets(sets)
                .device(device)
                .address(host, port, metricsPort)
                .batching(together, Duration.ofMillis(windowMillis), threads)
                .latencyGoal(Duration.ofMillis(latencyGoalMillis))
                .deterministic(deterministic)
                .drainTimeout(Duration.ofSeconds(drainSeconds))
                .access(access.config())
                .watchInterval(watch ? WATCH_INTERVAL : Duration.ZERO)
                .cache(cache.config())
                .hints(hints)
                .build();
    }

    private void checkRanges() {
        OptionRange.require("--port", port, 0, MAX_PORT);
        OptionRange.require("--metrics-port", metricsPort, 0, MAX_PORT);
        if (port != 0 && port == metricsPort) {
            throw new IllegalArgumentException("--metrics-port: " + port + " (expected: another one than --port)");
        }
        if (maxBatch != null) {
            OptionRange.require("--max-batch", maxBatch, 1, 65_536);
        }
        OptionRange.require("--threads", threads, 1, 256);
        OptionRange.require("--window-ms", windowMillis, 0, 10_000);
        OptionRange.require("--latency-goal-ms", latencyGoalMillis, 1, 3_600_000);
        OptionRange.require("--drain-seconds", drainSeconds, 0, MAX_DRAIN_SECONDS);
    }

    private void tellReady(TeacherServer server) throws IOException {
        Ready ready = Ready.of(host, server.grpcPort(), server.metricsPort(), server.modelDigest());
        if (readyFile != null) {
            ready.write(readyFile);
        }
        PrintWriter out = spec.commandLine().getOut();
        out.println(
                json
                        ? Json.line(ready)
                        : "serving " + model + ": gRPC " + ready.grpc() + ", metrics " + ready.metrics());
        out.flush();
    }

    /** Signals end the process through its shutdown hooks; this returns only where the watched process ends. */
    private static void await(CountDownLatch ended) {
        try {
            ended.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
