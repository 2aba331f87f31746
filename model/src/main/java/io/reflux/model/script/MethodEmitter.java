package io.reflux.model.script;

import io.reflux.model.graph.ElementType;
import io.reflux.model.graph.GraphNode;
import io.reflux.model.graph.GraphTensor;
import io.reflux.model.operator.GraphContext;
import io.reflux.model.operator.Operators;
import io.reflux.model.operator.spi.ConvolutionLayer;
import io.reflux.model.operator.spi.DenseLayer;
import io.reflux.model.operator.spi.LearnedScale;
import io.reflux.model.operator.spi.ScriptEmitter;
import io.reflux.model.operator.spi.ScriptText;
import io.reflux.model.operator.spi.SymbolicInt;
import io.reflux.model.operator.spi.SymbolicInts;
import io.reflux.model.precision.Precision;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Collects the statements of one method while the graph's nodes emit themselves in topological order. */
final class MethodEmitter implements ScriptEmitter {

    private static final String INDENT = "    ";

    private final GraphContext context;
    private final TensorSource tensors;
    private final boolean training;
    private final Kernels kernels;
    private final ValuePrecision precision;
    private final Map<String, String> variables = new HashMap<>();
    private final Set<String> cutWeights = new HashSet<>();
    private final List<String> cuts = new ArrayList<>();
    private final List<LearnedScale> learned = new ArrayList<>();
    private final Map<String, Change> changes = new HashMap<>();
    private final Set<String> read = new HashSet<>();
    private final boolean readsNumbers;
    private final boolean learnsScales;
    private final StringBuilder text = new StringBuilder();
    private int nextVariable;

    /** By what a value changes with a scale, times the scale. */
    private record Change(String scale, String variable, double factor) {}

    /** @param learnsScales whether a training step makes the gradients of scales */
    MethodEmitter(
            GraphContext context,
            TensorSource tensors,
            boolean training,
            Precision precision,
            Kernels kernels,
            boolean learnsScales) {
        this.context = context;
        this.tensors = tensors;
        this.training = training;
        this.learnsScales = learnsScales;
        this.readsNumbers = kernels != Kernels.LIBTORCH;
        this.kernels = precision == Precision.FP32 ? kernels : Kernels.LIBTORCH;
        this.precision = new ValuePrecision(context, precision);
    }

    /** Writes one node. */
    void emit(GraphNode node) {
        precision.enter(node);
        Operators.of(node).emit(node, this);
        precision.leave();
    }

    void bindInput(String onnxName, int index) {
        variables.put(onnxName, "x" + index);
    }

    /** From now on the dense layer with this weight is cut out of autograd. */
    void cutAt(String weight) {
        cutWeights.add(weight);
    }

    /** Variables of x and y of each layer that was cut out, in the order in which they run. */
    List<String> cuts() {
        return cuts;
    }

    /** Scales whose gradients the training step makes. */
    List<LearnedScale> learned() {
        return learned;
    }

    /** Whether a node has read an initialiser in a way that gradients go back. */
    boolean reads(String initializer) {
        return read.contains(initializer);
    }

    String text() {
        return text.toString();
    }

    @Override
    public String value(String onnxName) {
        String held = held(onnxName);
        if (!precision.needsCast(onnxName)) {
            return held;
        }
        String cast = precision.cast(onnxName);
        if (cast == null) {
            cast = temporary();
            line(cast + " = torch.to(" + held + ", " + precision.scriptType(onnxName) + ")");
            precision.cast(onnxName, cast);
        }
        return cast;
    }

    private String held(String onnxName) {
        String variable = variables.get(onnxName);
        if (variable != null) {
            return variable;
        }
        read.add(onnxName);
        String tensor = temporary();
        line(tensor + " = " + (isConstant(onnxName) ? tensors.place(onnxName, constant(onnxName)) : tensor(onnxName)));
        variables.put(onnxName, tensor);
        return tensor;
    }

    /** A tensor of integers that are known as expressions over sizes. */
    private String tensor(String onnxName) {
        SymbolicInts known = integers(onnxName)
                .orElseThrow(() -> new IllegalStateException(onnxName + ": read before it was written"));
        String values = "torch.tensor(" + integers(known.elements()) + ", dtype=" + ScriptText.type(type(onnxName))
                + ", device=" + device() + ")";
        return "torch.reshape(" + values + ", " + ScriptText.ints(known.shape()) + ")";
    }

    @Override
    public int opset() {
        return context.opset();
    }

    @Override
    public boolean isConstant(String onnxName) {
        return context.isConstant(onnxName);
    }

    @Override
    public boolean trains(String onnxName) {
        return context.trains(onnxName);
    }

    @Override
    public boolean moves(String onnxName) {
        return context.moves(onnxName);
    }

    @Override
    public GraphTensor constant(String onnxName) {
        return context.constant(onnxName);
    }

    @Override
    public List<Long> shape(String onnxName) {
        return context.shape(onnxName);
    }

    @Override
    public SymbolicInt size(String onnxName, int axis) {
        return context.size(onnxName, axis);
    }

    @Override
    public ElementType type(String onnxName) {
        return context.type(onnxName);
    }

    @Override
    public Optional<SymbolicInts> integers(String onnxName) {
        return context.integers(onnxName);
    }

    @Override
    public String training() {
        return training ? "True" : "False";
    }

    @Override
    public boolean readsNumbers() {
        return readsNumbers;
    }

    @Override
    public String detached(String parameter) {
        return "torch.detach(" + tensors.place(parameter, constant(parameter)) + ")";
    }

    @Override
    public boolean learnsScales() {
        return learnsScales;
    }

    @Override
    public void learn(LearnedScale scale) {
        learned.add(scale);
    }

    @Override
    public void learnBehind(String value, String scale, String change, double factor) {
        changes.put(value, new Change(scale, change, factor));
    }

    /** The convolution of x, whose changes with a scale give the scale's gradient. */
    private String learned(ConvolutionLayer layer, Change change, String x, String weight, String bias) {
        String y = temporary();
        line(y + " = " + ConvolutionKernels.plain(layer, x, weight, bias));
        String moved = temporary();
        String detached = "torch.detach(" + weight + ")";
        line(moved + " = "
                + ConvolutionKernels.plain(layer, "torch.to(" + change.variable + ", " + x + ")", detached, "None"));
        LearnedScale.Term term = new LearnedScale.Term(y, moved, 1);
        learn(new LearnedScale(change.scale, List.of(term), layer.rank() + 2, -1, change.factor));
        return y;
    }

    @Override
    public String linear(DenseLayer layer) {
        boolean oneDnn = kernels == Kernels.ONEDNN
                && type(layer.x()) == ElementType.FLOAT
                && DenseKernels.pays(layer, context, training);
        String x = value(layer.x());
        String bias = optional(layer.bias());
        if (oneDnn && !training) {
            String weight = packed(layer.weight(), layer.outputsFirst("{w}"), DenseKernels.LAYOUT);
            return DenseKernels.pointwise(x, weight, bias, layer.activation());
        }
        String weight = layer.outputsFirst(value(layer.weight()));
        if (cutWeights.contains(layer.weight())) {
            String leaf = temporary();
            line(leaf + " = " + DenseKernels.leaf(x, weight, bias));
            cuts.addAll(List.of(x, leaf));
            return leaf;
        }
        String y = oneDnn
                ? DenseKernels.image(shape(layer.x()), x, weight, layer.outputs(context), bias)
                : "torch.linear(" + x + ", " + weight + ", " + bias + ")";
        return layer.activation().applied(y);
    }

    @Override
    public String convolution(ConvolutionLayer layer) {
        boolean oneDnn = kernels != Kernels.LIBTORCH
                && !training
                && layer.rank() == ConvolutionKernels.IMAGE
                && type(layer.x()) == ElementType.FLOAT;
        String x = value(layer.x());
        String bias = optional(layer.bias());
        @Nullable Change change = changes.get(layer.x());
        if (change != null) {
            return learned(layer, change, x, value(layer.weight()), bias);
        }
        if (!oneDnn) {
            return layer.activation().applied(ConvolutionKernels.plain(layer, x, value(layer.weight()), bias));
        }
        String weight = packed(layer.weight(), "{w}", ConvolutionKernels.layout(layer, shape(layer.x())));
        return ConvolutionKernels.pointwise(layer, x, weight, bias);
    }

    /**
     * A weight in the layout that a kernel wants, where that can be made once; else in any.
     *
     * @param weight expression of the weight; {@code {w}} stands for the tensor that is stored
     * @param layout expression of the layout; {@code {w}} stands for the weight
     */
    private String packed(String onnxName, String weight, String layout) {
        return Optional.of(onnxName)
                .filter(this::isConstant)
                .flatMap(name -> tensors.packed(name, constant(name), layout.replace("{w}", weight)))
                .orElseGet(() -> weight.replace("{w}", value(onnxName)));
    }

    private String optional(String onnxName) {
        return onnxName.isEmpty() ? "None" : value(onnxName);
    }

    @Override
    public String temporary() {
        return "v" + nextVariable++;
    }

    @Override
    public void line(String statement) {
        text.append(INDENT).append(statement).append('\n');
    }

    @Override
    public void assign(String onnxOutput, String expression) {
        String variable = temporary();
        line(variable + " = " + expression);
        variables.put(onnxOutput, variable);
        precision.written(onnxOutput);
    }
}
