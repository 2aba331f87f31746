package io.reflux.app.label;

import io.reflux.app.console.ByteSize;
import io.reflux.app.console.OptionRange;
import io.reflux.app.console.StopSignal;
import io.reflux.app.console.UsageException;
import io.reflux.app.dataset.DataFiles;
import io.reflux.data.DataSplits;
import io.reflux.data.ImageDataSet;
import io.reflux.data.SampleIds;
import io.reflux.data.catalog.DataCatalog;
import io.reflux.data.catalog.DataSetSpec;
import io.reflux.data.catalog.TextForm;
import io.reflux.data.sampling.ViewBank;
import io.reflux.data.view.Augmentation;
import io.reflux.model.script.TorchDevice;
import io.reflux.proto.v1.Encoding;
import io.reflux.proto.wire.Digests;
import io.reflux.student.progress.TerminalStyle;
import io.reflux.student.recipe.EncodingConfig;
import io.reflux.teacher.cache.CacheConfig;
import io.reflux.teacher.cache.RowCache;
import io.reflux.teacher.engine.ModelFiles;
import io.reflux.teacher.engine.TeacherEngine;
import io.reflux.teacher.label.CacheFill;
import io.reflux.teacher.label.CacheFillReport;
import io.reflux.teacher.server.TeacherConfig;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Fills a teacher's cache ahead of time. */
@Command(
        name = "label",
        header = "Labels a data set ahead of time, into the folder of a teacher's cache.",
        description = {
            "",
            "A teacher of the same model that is started with the same --cache-dir then answers without computing."
                    + " Augmentation, encoding and temperature must be those that students ask for, and with augmentation"
                    + " their recipes say data.viewBank: N, as --views does here. What is in the folder already is not"
                    + " computed again: interrupted (Ctrl-C, SIGTERM, kill), the same command goes on. Progress goes to"
                    + " standard error, the summary to standard output.",
            ""
        },
        footer = {
            "",
            "Examples:",
            "  reflux label --model teacher.onnx --data mnist --data-dir /data \\",
            "      --cache-dir labels",
            "  reflux label --model teacher.onnx --data cifar10 --data-dir /data \\",
            "      --max-shift 4 --flip --views 50 --encoding top-k:10 --temperature 4 \\",
            "      --cache-dir labels --cache-disk 50g"
        })
public final class LabelCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(
            names = "--model",
            paramLabel = "FILE",
            required = true,
            description = "The teacher: .onnx, or .pt (TorchScript).")
    private Path model;

    @Option(
            names = "--data",
            paramLabel = "NAME",
            required = true,
            description = "Data set: mnist, cifar10, glyphs, tiny-shakespeare or sst2.")
    private String data;

    @Mixin
    private DataFiles files;

    @Option(
            names = "--train-samples",
            paramLabel = "N",
            defaultValue = "0",
            description = "data.trainSamples of the recipe; 0: all (default: ${DEFAULT-VALUE}).")
    private long trainSamples;

    @Option(
            names = "--validation-samples",
            paramLabel = "N",
            defaultValue = "0",
            description = "data.validationSamples of the recipe, which are not labelled (default: ${DEFAULT-VALUE}).")
    private long validationSamples;

    @Option(
            names = "--exclude-classes",
            paramLabel = "CLASS",
            split = ",",
            description = "data.excludeClasses of the recipe, with commas between, which are not labelled.")
    private Set<Integer> excludeClasses = Set.of();

    @Option(
            names = "--max-shift",
            paramLabel = "PIXELS",
            defaultValue = "0",
            description = "augmentation.maxShift of the stage (default: ${DEFAULT-VALUE}).")
    private int maxShift;

    @Option(names = "--flip", description = "augmentation.flip of the stage.")
    private boolean flip;

    @Option(
            names = "--views",
            paramLabel = "N",
            defaultValue = "1",
            description = "With augmentation: views of each sample, data.viewBank of the recipe (default:"
                    + " ${DEFAULT-VALUE}).")
    private int views;

    @Option(
            names = "--encoding",
            paramLabel = "NAME",
            defaultValue = "fp32",
            description =
                    "fp32, fp16, int8, top-k:K or random-sampling:N, compressed or not (default: ${DEFAULT-VALUE}).")
    private String encoding;

    @Option(
            names = "--hint",
            paramLabel = "NAME=ENCODING",
            mapFallbackValue = "fp32",
            description = "A hidden layer that a recipe's hints ask for, labelled too: its name, and fp32, fp16 or int8"
                    + " (default: fp32). Can be given more than once.")
    private Map<String, String> hints = Map.of();

    @Option(
            names = "--temperature",
            paramLabel = "T",
            defaultValue = "1",
            description = "Temperature of the loss, for top-k and random-sampling (default: ${DEFAULT-VALUE}).")
    private double temperature;

    @Option(names = "--cache-dir", paramLabel = "DIR", required = true, description = "Folder of the cache.")
    private Path folder;

    @Option(
            names = "--cache-disk",
            paramLabel = "SIZE",
            defaultValue = "10g",
            description = "Most bytes of the folder, at least 16m (default: ${DEFAULT-VALUE}).")
    private String disk;

    @Option(
            names = "--device",
            paramLabel = "DEVICE",
            defaultValue = "cpu",
            description = "cpu, cuda or cuda:N (default: ${DEFAULT-VALUE}).")
    private String device;

    @Option(
            names = "--batch",
            paramLabel = "SAMPLES",
            description = "Samples that enter the model together; with --deterministic the teacher's --max-batch"
                    + " (default: 256; 32 with --deterministic).")
    private @Nullable Integer batch;

    @Option(
            names = "--deterministic",
            description =
                    "Label for a teacher in --deterministic mode, which keeps its labels apart: --batch samples at a"
                            + " time, always.")
    private boolean deterministic;

    @Option(names = "--json", description = "Print the summary as JSON, for scripts.")
    private boolean json;

    /** What was asked for, checked. */
    private record Plan(
            Augmentation augmentation,
            Encoding encoding,
            Map<String, Encoding> hints,
            CacheConfig cache,
            DataSetSpec data,
            int batch) {}

    @Override
    public Integer call() {
        Plan plan = UsageException.settings(this::plan);
        DataSplits splits = DataCatalog.open(plan.data());
        SampleIds samples = UsageException.settings(() -> samples(splits));
        try (StopSignal stop = new StopSignal();
                TeacherEngine engine = new TeacherEngine(
                        model.getFileName().toString(),
                        ModelFiles.open(
                                model,
                                device,
                                splits.training() instanceof ImageDataSet images ? images.shape() : null,
                                List.copyOf(plan.hints().keySet())));
                RowCache cache = new RowCache(plan.cache())) {
            CacheFill fill = UsageException.settings(() -> new CacheFill(
                    engine,
                    splits.training(),
                    samples,
                    plan.augmentation(),
                    views,
                    plan.encoding(),
                    plan.hints(),
                    plan.batch(),
                    deterministic,
                    cache));
            FillProgress progress = new FillProgress(
                    System.err, TerminalStyle.of(System.console() != null, System.getenv()), System::nanoTime);
            CacheFillReport report = fill.run(stop, progress);
            progress.end();
            return new FillSummary(folder, Digests.toHex(engine.digest()), report, cache, disk)
                    .print(json, spec.commandLine().getOut(), spec.commandLine().getErr());
        }
    }

    private SampleIds samples(DataSplits splits) {
        if (excludeClasses.isEmpty()) {
            return splits.train();
        }
        SampleIds kept = splits.train().excludingClasses(splits.training().images(), excludeClasses);
        if (kept.size() == 0) {
            throw new IllegalArgumentException(
                    "--exclude-classes: " + new TreeSet<>(excludeClasses) + " (expected: to leave a sample to label)");
        }
        return kept;
    }

    private Map<String, Encoding> hintEncodings() {
        Map<String, Encoding> encodings = new LinkedHashMap<>();
        hints.forEach((name, text) -> {
            EncodingConfig config = EncodingText.parse(text);
            if (config.hasTemperature()) {
                throw new IllegalArgumentException("--hint: " + name + "=" + text
                        + " (expected: fp32, fp16 or int8, since a hint is no probability)");
            }
            encodings.put(name, config.toEncoding(1));
        });
        return encodings;
    }

    private Plan plan() {
        int together = batch == null ? TeacherConfig.usualBatchSamples(deterministic) : batch;
        if (together < 1) {
            throw new IllegalArgumentException("--batch: " + together + " (expected: >= 1)");
        }
        if (views < 1 || views > ViewBank.MAX_VIEWS) {
            throw new IllegalArgumentException("--views: " + views + " (expected: 1 to " + ViewBank.MAX_VIEWS + ")");
        }
        OptionRange.require("--train-samples", trainSamples, 0, Long.MAX_VALUE);
        OptionRange.require("--validation-samples", validationSamples, 0, Long.MAX_VALUE);
        OptionRange.require("--max-shift", maxShift, 0, Augmentation.MAX_SHIFT);
        TorchDevice.requireName(device);
        Augmentation augmentation = new Augmentation(maxShift, flip);
        if (views > 1 && augmentation.isNone()) {
            throw new IllegalArgumentException(
                    "--views: " + views + " without an augmentation (expected: --max-shift or --flip, or 1)");
        }
        if (!(temperature > 0)) {
            throw new IllegalArgumentException("--temperature: " + temperature + " (expected: > 0)");
        }
        return new Plan(
                augmentation,
                EncodingText.parse(encoding).toEncoding(temperature),
                hintEncodings(),
                new CacheConfig(0, folder, ByteSize.parse("--cache-disk", disk, CacheConfig.MIN_DISK_BYTES)),
                files.of(DataCatalog.requireName(data), trainSamples, validationSamples, TextForm.USUAL),
                together);
    }
}
