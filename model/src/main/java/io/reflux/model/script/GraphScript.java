package io.reflux.model.script;

import ai.djl.ndarray.NDArray;
import io.reflux.model.graph.GraphTensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A graph as TorchScript: two methods over the same tensors, one for evaluation and one for training.
 *
 * <p>Both have the signature {@code (x0: Tensor, …, p: List[Tensor], b: List[Tensor]) -> List[Tensor]}; {@code p} or
 * {@code b} is left out where the graph has no parameters or no buffers, because DJL cannot pass an empty list.
 *
 * @param methods text of the methods {@link #EVALUATE} and {@link #TRAIN}, indented for a class body
 * @param inputs number of input tensors
 * @param outputs names of the graph's outputs, in the order of the returned list
 * @param parameters what training changes by gradient, in the order of {@code p}
 * @param buffers what is read beside the parameters, in the order of {@code b}: running statistics, then constants
 * @param numRunningStatistics how many of the buffers are running statistics, which the training method updates
 * @param tail the layers at which the training method cuts autograd
 * @param scales gradients that the step makes of values that the training method returns behind all others
 */
public record GraphScript(
        String methods,
        int inputs,
        List<String> outputs,
        List<GraphTensor> parameters,
        List<GraphTensor> buffers,
        int numRunningStatistics,
        DenseTail tail,
        List<ScaleGradient> scales) {

    /** Name of the class that the methods stand in. */
    public static final String CLASS = "Graph";

    /** Method that computes the outputs as inference does. */
    public static final String EVALUATE = "evaluate";

    /** Method that computes the outputs as training does: dropout drops, normalisation uses the batch. */
    public static final String TRAIN = "train";

    /** Method of a frozen graph that makes, of its constants, the buffers that {@link #EVALUATE} takes. */
    public static final String PREPARE = "prepare";

    public GraphScript {
        outputs = List.copyOf(outputs);
        parameters = List.copyOf(parameters);
        buffers = List.copyOf(buffers);
        scales = List.copyOf(scales);
    }

    /** The buffers that training updates. */
    public List<GraphTensor> runningStatistics() {
        return buffers.subList(0, numRunningStatistics);
    }

    /**
     * What training has changed, by name, as the graph holds it.
     *
     * @param parameterValues in the order of {@link #parameters}
     * @param bufferValues in the order of {@link #buffers}
     */
    public Map<String, GraphTensor> trained(List<NDArray> parameterValues, List<NDArray> bufferValues) {
        Map<String, GraphTensor> trained = new LinkedHashMap<>();
        putAll(trained, parameters, parameterValues);
        putAll(trained, runningStatistics(), bufferValues);
        return trained;
    }

    private static void putAll(Map<String, GraphTensor> trained, List<GraphTensor> tensors, List<NDArray> values) {
        for (int i = 0; i < tensors.size(); i++) {
            GraphTensor tensor = tensors.get(i);
            trained.put(
                    tensor.name(),
                    GraphTensor.of(tensor.name(), tensor.shape(), values.get(i).toFloatArray()));
        }
    }

    /** Text of a class with these methods and others beside them, each indented by two spaces. */
    public String classWith(String otherMethods) {
        return "class " + CLASS + "(Module):\n  __parameters__ = []\n  __buffers__ = []\n" + methods + otherMethods;
    }

    /** Parameters of a method's signature for the graph's inputs, such as {@code x0: Tensor}. */
    public String inputSignature() {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < inputs; i++) {
            text.append(i == 0 ? "" : ", ").append('x').append(i).append(": Tensor");
        }
        return text.toString();
    }

    /** Parameters of a method's signature for the graph's tensors, such as {@code , p: List[Tensor]}. */
    public String tensorSignature() {
        return (parameters.isEmpty() ? "" : ", p: List[Tensor]") + (buffers.isEmpty() ? "" : ", b: List[Tensor]");
    }

    /** Arguments of a call from a method with the same parameters. */
    public String arguments() {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < inputs; i++) {
            text.append('x').append(i).append(", ");
        }
        return text.append(parameters.isEmpty() ? "" : "p, ")
                .append(buffers.isEmpty() ? "" : "b, ")
                .toString();
    }
}
