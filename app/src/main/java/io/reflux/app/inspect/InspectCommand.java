package io.reflux.app.inspect;

import io.reflux.app.console.ExitCode;
import io.reflux.app.console.Json;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.graph.ValueInfo;
import io.reflux.model.summary.ModelSummary;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Shows what is in a model's file. */
@Command(
        name = "inspect",
        header = "Shows a model's layers, shapes, parameters, bytes and multiply-accumulates.",
        description = {
            "",
            "Reads an ONNX file and checks it: operators that are not supported are all named, with the nodes that use"
                    + " them. Sizes are those of one sample; MACs are multiplications with an addition.",
            ""
        },
        footer = {"", "Examples:", "  reflux inspect student.onnx", "  reflux inspect --json student.onnx"})
public final class InspectCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "MODEL.onnx", description = "The file to look into.")
    private Path model;

    @Option(names = "--json", description = "Print JSON, for scripts.")
    private boolean json;

    /** What {@code --json} prints: the summary, and what the graph takes, gives and notes. */
    private record Inspection(
            ModelSummary summary, List<ValueInfo> inputs, List<ValueInfo> outputs, Map<String, String> metadata) {}

    @Override
    public Integer call() {
        ModelGraph graph = ModelGraph.read(model);
        ModelSummary summary = ModelSummary.of(graph);
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(Json.pretty(new Inspection(summary, graph.inputs(), graph.outputs(), graph.metadata())));
            return ExitCode.OK;
        }
        out.println(summary.toText());
        graph.inputs().forEach(value -> out.println("input " + text(value)));
        graph.outputs().forEach(value -> out.println("output " + text(value)));
        graph.metadata().forEach((key, value) -> out.println("note " + key + " = " + value));
        return ExitCode.OK;
    }

    private static String text(ValueInfo value) {
        String shape = String.join(
                "x",
                value.shape().stream()
                        .map(size -> size < 0 ? "B" : size.toString())
                        .toList());
        return value.name() + " " + value.type() + " " + shape;
    }
}
