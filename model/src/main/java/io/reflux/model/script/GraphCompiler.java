package io.reflux.model.script;

import io.reflux.model.graph.ElementType;
import io.reflux.model.graph.GraphNode;
import io.reflux.model.graph.GraphTensor;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.graph.ValueInfo;
import io.reflux.model.operator.GraphContext;
import io.reflux.model.operator.Operators;
import io.reflux.model.operator.spi.InitializerRole;
import java.util.stream.Collectors;

/**
 * Compiles ONNX graphs to TorchScript.
 *
 * <p>What trains is decided by {@link GraphContext#roles}: parameters by gradient, running statistics by the training
 * method itself; everything else is constant.
 */
public final class GraphCompiler {

    /** libtorch's number for memory in the order B, H, W, C, in which its convolutions on CPU are fastest. */
    private static final int CHANNELS_LAST = 2;

    /** B×C×H×W: the only rank with that layout. */
    private static final int SPATIAL_RANK = 4;

    private final ModelGraph graph;
    private final GraphContext context;
    private final TensorRegistry tensors = new TensorRegistry();

    private GraphCompiler(ModelGraph graph) {
        this.graph = graph;
        this.context = GraphContext.of(graph);
    }

    /**
     * Compiles a graph.
     *
     * @throws io.reflux.model.graph.ModelException if the graph has operators that are not supported (all are named)
     *     or shapes that do not fit
     */
    public static GraphScript compile(ModelGraph graph) {
        return new GraphCompiler(graph).compile();
    }

    private GraphScript compile() {
        registerTrained();
        String evaluate = body(false);
        String train = body(true);
        GraphScript layout = layout("");
        String signature = "(self: __torch__." + GraphScript.CLASS + ", " + layout.inputSignature()
                + layout.tensorSignature() + ") -> List[Tensor]:\n";
        return layout("  def " + GraphScript.EVALUATE + signature + evaluate + "  def " + GraphScript.TRAIN + signature
                + train);
    }

    private GraphScript layout(String methods) {
        return new GraphScript(
                methods,
                graph.inputs().size(),
                graph.outputs().stream().map(ValueInfo::name).toList(),
                tensors.parameters(),
                tensors.buffers(),
                tensors.numRunningStatistics());
    }

    /** Parameters and running statistics in the file's order; constants follow when a node reads them as tensors. */
    private void registerTrained() {
        context.roles().forEach((name, role) -> {
            GraphTensor tensor = graph.initializers().get(name);
            if (role == InitializerRole.PARAMETER) {
                tensors.addParameter(tensor);
            } else if (role == InitializerRole.BUFFER) {
                tensors.addRunningStatistic(tensor);
            }
        });
    }

    private String body(boolean training) {
        MethodEmitter emitter = new MethodEmitter(context, tensors, training);
        boolean convolves =
                graph.nodes().stream().anyMatch(node -> node.operator().equals("Conv"));
        for (int i = 0; i < graph.inputs().size(); i++) {
            ValueInfo input = graph.inputs().get(i);
            emitter.bindInput(input.name(), i);
            if (convolves && input.shape().size() == SPATIAL_RANK && input.type() == ElementType.FLOAT) {
                // Convolutions hand the layout on, so that one conversion serves the whole graph.
                emitter.assign(input.name(), "torch.contiguous(x" + i + ", memory_format=" + CHANNELS_LAST + ")");
            }
        }
        for (GraphNode node : context.runNodes()) {
            Operators.of(node).emit(node, emitter);
        }
        String outputs = graph.outputs().stream()
                .map(output -> emitter.value(output.name()))
                .collect(Collectors.joining(", "));
        emitter.line("return annotate(List[Tensor], [" + outputs + "])");
        return emitter.text();
    }
}
