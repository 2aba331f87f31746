package io.reflux.app.evaluate;

import io.reflux.app.console.ExitCode;
import io.reflux.app.console.Json;
import io.reflux.app.dataset.NotedDataSet;
import io.reflux.data.DataSplits;
import io.reflux.model.graph.ModelGraph;
import io.reflux.student.report.Evaluation;
import io.reflux.student.report.Evaluator;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Measures a model's file on a test set, in ONNX Runtime. */
@Command(
        name = "evaluate",
        header = "Measures a model's accuracy on a test set, in ONNX Runtime.",
        description = {
            "",
            "The file is loaded as any user of it would load it. Pixels are scaled as the file's notes say (to [0, 1]"
                    + " where it has none).",
            ""
        },
        footer = {
            "",
            "Examples:",
            "  reflux evaluate student.onnx",
            "  reflux evaluate student.onnx --data mnist --data-dir /data \\",
            "      --teacher teacher.onnx",
            "  reflux evaluate student.onnx --json"
        })
public final class EvaluateCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "MODEL.onnx", description = "The file to measure.")
    private Path model;

    @Mixin
    private NotedDataSet data;

    @Option(
            names = "--teacher",
            paramLabel = "OTHER.onnx",
            description = "Measure this file too, the agreement of both and the ratio of their sizes.")
    private @Nullable Path teacher;

    @Option(names = "--json", description = "Print JSON, for scripts.")
    private boolean json;

    /** What {@code --json} prints; ratios in [0, 1], but for that of the sizes. */
    private record Result(
            String dataSet,
            String file,
            long bytes,
            Evaluation evaluation,
            @Nullable String teacherFile,
            @Nullable Long teacherBytes,
            @Nullable Evaluation teacher,
            @Nullable Double agreement,
            @Nullable Double compressionRatio) {}

    @Override
    public Integer call() throws IOException {
        Result result = measure();
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(Json.pretty(result));
        } else {
            print(out, result);
        }
        out.flush();
        return ExitCode.OK;
    }

    private Result measure() throws IOException {
        data.requireKnown();
        ModelGraph graph = ModelGraph.read(model);
        String name = data.name(model, graph);
        DataSplits splits = data.open(name, graph);
        Evaluator evaluator = new Evaluator(splits);
        Evaluation evaluation = evaluator.evaluate(model);
        long bytes = Files.size(model);
        Path other = teacher;
        if (other == null) {
            return new Result(name, model.toString(), bytes, evaluation, null, null, null, null, null);
        }
        Evaluation taught = evaluator.evaluate(other);
        long otherBytes = Files.size(other);
        return new Result(
                name,
                model.toString(),
                bytes,
                evaluation,
                other.toString(),
                otherBytes,
                taught,
                evaluator.agreement(model, other),
                (double) otherBytes / bytes);
    }

    private static void print(PrintWriter out, Result result) {
        print(out, result.file(), result.bytes(), result.evaluation());
        if (result.teacher() != null && result.teacherBytes() != null) {
            print(out, result.teacherFile(), result.teacherBytes(), result.teacher());
            out.printf(Locale.ROOT, "agreement %.2f %%%n", 100 * result.agreement());
            out.printf(Locale.ROOT, "compression ratio %.1f%n", result.compressionRatio());
        }
    }

    private static void print(PrintWriter out, @Nullable String file, long bytes, Evaluation evaluation) {
        out.printf(Locale.ROOT, "%s: %,d bytes%n", file, bytes);
        out.printf(Locale.ROOT, "  loss %.4f nats, perplexity %.3f%n", evaluation.loss(), evaluation.perplexity());
        out.printf(
                Locale.ROOT,
                "  accuracy %.2f %%, %,d errors in %,d samples%n",
                100 * evaluation.accuracy(),
                evaluation.errors(),
                evaluation.samples());
        out.println("  errors by class: "
                + IntStream.range(0, evaluation.errorsByClass().size())
                        .mapToObj(c -> c + ": " + evaluation.errorsByClass().get(c))
                        .collect(Collectors.joining(", ")));
    }
}
