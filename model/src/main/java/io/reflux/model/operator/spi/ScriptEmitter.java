package io.reflux.model.operator.spi;

import java.util.List;
import java.util.stream.Collectors;

/** Where an operator writes its TorchScript: statements of one function, in the serialised dialect. */
public interface ScriptEmitter extends NodeContext {

    /**
     * The script variable that holds a value as a tensor. Works for every value made so far, for initialisers and for
     * the outputs of Constant nodes.
     */
    String value(String onnxName);

    /** A script expression of type bool: whether the function is training. */
    String training();

    /** A script expression: the device that the graph runs on. */
    default String device() {
        return "ops.prim.device(x0)";
    }

    /**
     * Whether a number of a tensor can be read at once, as in {@code float(tensor)}; an accelerator would have to finish all
     * that was asked of it first.
     */
    boolean readsNumbers();

    /** A script expression: a parameter as it is, for what passes it no gradient by autograd. */
    String detached(String parameter);

    /** Whether there is a training step that makes the gradients of scales; else autograd has to. */
    boolean learnsScales();

    /** Lets the training step make the gradient of a scale, of which nothing but the {@link #detached} form was read. */
    void learn(LearnedScale scale);

    /**
     * As {@link #learn}, of a scale whose value is made of what has no gradient and is read by one convolution alone: its output
     * changes with the scale by the convolution of the value's change, which takes less than the value's gradient.
     *
     * @param value that the convolution reads, one scale for all of it
     * @param change variable: by what the value changes with the scale, times the scale
     */
    void learnBehind(String value, String scale, String change, double factor);

    /** A fresh variable name. */
    String temporary();

    /** Writes one statement. */
    void line(String text);

    /** Writes {@code variable = expression} and makes the variable the holder of an ONNX value. */
    void assign(String onnxOutput, String expression);

    /** A script expression: a dense layer, in the fastest way on this device. */
    String linear(DenseLayer layer);

    /** A script expression: a convolution, in the fastest way on this device. */
    String convolution(ConvolutionLayer layer);

    /** A script expression of type int. */
    default String integer(SymbolicInt value) {
        return value.text(this::value);
    }

    /** A script expression of type List[int]. */
    default String integers(List<SymbolicInt> values) {
        return values.stream().map(this::integer).collect(Collectors.joining(", ", "[", "]"));
    }
}
