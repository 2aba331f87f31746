package io.reflux.model.script;

import io.reflux.model.graph.ElementType;
import io.reflux.model.graph.GraphNode;
import io.reflux.model.graph.GraphTensor;
import io.reflux.model.graph.ModelException;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.graph.NamePatterns;
import io.reflux.model.graph.ValueInfo;
import io.reflux.model.operator.GraphContext;
import io.reflux.model.operator.RoleOverrides;
import io.reflux.model.operator.spi.InitializerRole;
import io.reflux.model.operator.spi.LearnedScale;
import io.reflux.model.precision.Precision;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

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
    private final Precision training;
    private final Set<String> frozen;
    private final Kernels kernels;
    private final boolean forStep;
    private final TensorRegistry tensors = new TensorRegistry();

    private GraphCompiler(
            GraphContext context, Precision training, Set<String> frozen, Kernels kernels, boolean forStep) {
        this.graph = context.graph();
        this.training = training;
        this.frozen = frozen;
        this.kernels = kernels;
        this.forStep = forStep;
        this.context = context;
    }

    /**
     * Compiles a graph in fp32 whose parameters all train, for any device.
     *
     * @throws io.reflux.model.graph.ModelException if the graph has operators that are not supported (all are named)
     *     or shapes that do not fit
     */
    public static GraphScript compile(ModelGraph graph) {
        return compile(GraphContext.of(graph));
    }

    /** As {@link #compile(ModelGraph)}, for a graph that is analysed already. */
    public static GraphScript compile(GraphContext context) {
        return compile(context, Precision.FP32, Set.of(), Kernels.LIBTORCH);
    }

    /**
     * Compiles a graph. Evaluation is in fp32, as the exported file will be run.
     *
     * @param training precision of the training method; its outputs are fp32 all the same
     * @param frozen parameters that shall not train; they are among the constants
     * @param kernels those of the device that the script will run on
     */
    public static GraphScript compile(GraphContext context, Precision training, Set<String> frozen, Kernels kernels) {
        return new GraphCompiler(context, training, Set.copyOf(frozen), kernels, false).compile();
    }

    /**
     * As {@link #compile(GraphContext, Precision, Set, Kernels)}, for a step that makes the gradients of scales itself
     * ({@link GraphScript#scales}).
     */
    public static GraphScript compileStep(
            GraphContext context, Precision training, Set<String> frozen, Kernels kernels) {
        return new GraphCompiler(context, training, Set.copyOf(frozen), kernels, true).compile();
    }

    /**
     * Compiles a graph whose values stay as they are: parameters and statistics are constants too. It has no method that
     * trains, but {@link GraphScript#PREPARE}, which brings the constants into the layouts that the kernels want.
     *
     * @param kernels those of the device that the script will run on
     */
    public static GraphScript compileFrozen(GraphContext context, Kernels kernels) {
        return new GraphCompiler(context, Precision.FP32, Set.of(), kernels, false).compileFrozen();
    }

    private GraphScript compile() {
        registerTrained();
        List<GraphNode> nodes = context.trainedNodes();
        DenseTail tail = kernels == Kernels.ONEDNN && training == Precision.FP32
                ? new DenseTailSearch(context, nodes, tensors.parameterNames()).find()
                : DenseTail.NONE;
        List<ScaleGradient> scales = new ArrayList<>();
        String evaluate = body(context.runNodes(), false, tensors, DenseTail.NONE, scales);
        String train = body(nodes, true, tensors, tail, scales);
        requireReadParameters();
        GraphScript layout = layout("", tail, scales);
        String signature = signature(layout);
        return layout(
                "  def " + GraphScript.EVALUATE + signature + evaluate + "  def " + GraphScript.TRAIN + signature
                        + train,
                tail,
                scales);
    }

    private GraphScript compileFrozen() {
        PreparedTensors prepared = new PreparedTensors(tensors);
        String evaluate = body(context.frozenNodes(), false, prepared, DenseTail.NONE, new ArrayList<>());
        GraphScript layout = layout("", DenseTail.NONE, List.of());
        String prepare = "  def " + GraphScript.PREPARE + "(self: __torch__." + GraphScript.CLASS
                + layout.tensorSignature() + ") -> List[Tensor]:\n    return " + prepared.list() + "\n";
        return layout(
                "  def " + GraphScript.EVALUATE + signature(layout) + evaluate + prepare, DenseTail.NONE, List.of());
    }

    private static String signature(GraphScript layout) {
        return "(self: __torch__." + GraphScript.CLASS + ", " + layout.inputSignature() + layout.tensorSignature()
                + ") -> List[Tensor]:\n";
    }

    /** A number that a recipe makes a parameter, but that stands in the script as it is, would have no gradient. */
    private void requireReadParameters() {
        List<String> chosen = RoleOverrides.of(graph).parameters();
        for (String name : new NamePatterns("parameters", "an initialiser", chosen)
                .select(graph.initializers().keySet())) {
            if (!tensors.isRead(name)) {
                throw new ModelException(
                        ModelException.Code.INVALID_ARGUMENT,
                        graph.source() + ": parameters: " + name
                                + " (expected: an initialiser that a gradient reaches)");
            }
        }
    }

    private GraphScript layout(String methods, DenseTail tail, List<ScaleGradient> scales) {
        return new GraphScript(
                methods,
                graph.inputs().size(),
                graph.outputs().stream().map(ValueInfo::name).toList(),
                tensors.parameters(),
                tensors.buffers(),
                tensors.numRunningStatistics(),
                tail,
                scales);
    }

    /** Parameters and running statistics in the file's order; constants follow when a node reads them as tensors. */
    private void registerTrained() {
        context.roles().forEach((name, role) -> {
            GraphTensor tensor = graph.initializers().get(name);
            if (role == InitializerRole.PARAMETER && !frozen.contains(name)) {
                tensors.addParameter(tensor);
            } else if (role == InitializerRole.BUFFER) {
                tensors.addRunningStatistic(tensor);
            }
        });
    }

    /**
     * A value B×C×H×W with the channels last in memory. With one channel the bytes lie the same either way and libtorch
     * would go on with the channels first; strides that say otherwise save LeNet-5 a third of its step.
     */
    private static String channelsLast(String x, long channels) {
        if (channels != 1) {
            return "torch.contiguous(" + x + ", memory_format=" + CHANNELS_LAST + ")";
        }
        String height = "torch.size(" + x + ", 2)";
        String width = "torch.size(" + x + ", 3)";
        return "torch.as_strided(torch.contiguous(" + x + "), [torch.size(" + x + ", 0), 1, " + height + ", " + width
                + "], [torch.mul(" + height + ", " + width + "), 1, " + width + ", 1])";
    }

    /** @param scales takes those whose gradients the step makes */
    private String body(
            List<GraphNode> nodes,
            boolean forTraining,
            TensorSource source,
            DenseTail tail,
            List<ScaleGradient> scales) {
        Precision precision = forTraining ? training : Precision.FP32;
        MethodEmitter emitter =
                new MethodEmitter(context, source, forTraining, precision, kernels, forTraining && forStep);
        tail.layers().forEach(layer -> emitter.cutAt(tensors.parameterNames().get(layer.weight())));
        boolean convolves =
                graph.nodes().stream().anyMatch(node -> node.operator().equals("Conv"));
        for (int i = 0; i < graph.inputs().size(); i++) {
            ValueInfo input = graph.inputs().get(i);
            emitter.bindInput(input.name(), i);
            if (convolves && input.shape().size() == SPATIAL_RANK && input.type() == ElementType.FLOAT) {
                // Convolutions hand the layout on, so that one conversion serves the whole graph.
                emitter.assign(input.name(), channelsLast("x" + i, input.shape().get(1)));
            }
        }
        for (GraphNode node : nodes) {
            emitter.emit(node);
        }
        List<String> results = new ArrayList<>();
        graph.outputs().forEach(output -> results.add(emitter.value(output.name())));
        results.addAll(emitter.cuts());
        for (LearnedScale scale : emitter.learned()) {
            int parameter = tensors.parameterNames().indexOf(scale.scale());
            if (parameter >= 0) {
                scales.add(new ScaleGradient(parameter, emitter.reads(scale.scale()), scale));
                scale.terms().forEach(term -> results.addAll(List.of(term.of(), term.value())));
            }
        }
        emitter.line("return annotate(List[Tensor], [" + String.join(", ", results) + "])");
        return emitter.text();
    }
}
