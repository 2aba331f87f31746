package io.reflux.app.inspect;

import io.reflux.app.console.ExitCode;
import io.reflux.app.console.Json;
import io.reflux.app.console.UsageException;
import io.reflux.model.graph.ModelException;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.graph.ValueInfo;
import io.reflux.model.summary.ModelSummary;
import io.reflux.model.zoo.Zoo;
import io.reflux.model.zoo.ZooSpec;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
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
            "",
            "A name of the zoo in place of a file shows what would be built for --input and --classes.",
            ""
        },
        footer = {
            "",
            "Examples:",
            "  reflux inspect student.onnx",
            "  reflux inspect --json student.onnx",
            "  reflux inspect resnet-20 --input 3x32x32 --classes 10"
        })
public final class InspectCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(
            paramLabel = "MODEL",
            completionCandidates = ZooNames.class,
            description = "The file to look into, or a name of the zoo: ${COMPLETION-CANDIDATES}.")
    private Path model;

    @Option(
            names = "--input",
            paramLabel = "SHAPE",
            defaultValue = "3x32x32",
            description = "Shape of one sample, for a name of the zoo (default: ${DEFAULT-VALUE}).")
    private String input;

    @Option(
            names = "--classes",
            paramLabel = "N",
            defaultValue = "10",
            description = "Number of classes, for a name of the zoo (default: ${DEFAULT-VALUE}).")
    private int classes;

    @Option(names = "--json", description = "Print JSON, for scripts.")
    private boolean json;

    /** What {@code --json} prints: the summary, and what the graph takes, gives and notes. */
    private record Inspection(
            ModelSummary summary, List<ValueInfo> inputs, List<ValueInfo> outputs, Map<String, String> metadata) {}

    /** For the help text. */
    static final class ZooNames implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return Zoo.names().iterator();
        }
    }

    @Override
    public Integer call() {
        ModelGraph graph = graph();
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

    /** The file where there is one, or where the argument can only mean one; else the network of that name. */
    private ModelGraph graph() {
        String name = model.toString();
        if (Files.exists(model) || !name.matches("[a-z0-9-]+")) {
            return ModelGraph.read(model);
        }
        if (!input.matches("\\d{1,9}(x\\d{1,9})*")) {
            throw new ParameterException(
                    spec.commandLine(), "--input: " + input + " (expected: sizes such as 3x32x32)");
        }
        List<Integer> shape = Stream.of(input.split("x")).map(Integer::valueOf).toList();
        try {
            return Zoo.build(ZooSpec.of(name).withInputShape(shape).withNumClasses(classes));
        } catch (ModelException e) {
            throw new UsageException(e);
        }
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
