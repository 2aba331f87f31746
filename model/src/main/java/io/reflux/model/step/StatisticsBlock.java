package io.reflux.model.step;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import io.reflux.model.script.GraphScript;
import io.reflux.model.script.ScriptModule;

/**
 * Text that takes back what a forward pass did to the running statistics of batch normalisation, where the step changes
 * no weights because its loss or its gradients are not finite: one bad batch would spoil every evaluation after it.
 *
 * <p>The statistics are an argument of their own beside the graph's buffers, with the same memory, for the reason that
 * {@link ParameterGroup} gives.
 */
final class StatisticsBlock {

    private static final String LIST = "statistics";

    private final boolean present;

    StatisticsBlock(GraphScript graph) {
        this.present = graph.numRunningStatistics() > 0;
    }

    /** What the step's method takes after the graph's own tensors. */
    String signature() {
        return present ? ", " + LIST + ": List[Tensor]" : "";
    }

    /** The argument of {@link #signature}, of the graph's buffers; empty where there is none. */
    static NDList argument(GraphScript graph, NDList buffers) {
        NDList statistics = new NDList(buffers.subList(0, graph.numRunningStatistics()).stream()
                .map(NDArray::stopGradient)
                .toList());
        ScriptModule.asList(statistics, LIST);
        return statistics;
    }

    /** Stands before the forward pass. */
    void remember(ScriptLines script) {
        if (present) {
            // Times 1 is a copy, in one call for all of them, that keeps even the sign of 0.
            script.line("before = torch._foreach_mul(" + LIST + ", 1.)");
        }
    }

    /** Stands after the update, which leaves {@code finite}. */
    void restore(ScriptLines script) {
        if (present) {
            script.open("if bool(torch.logical_not(finite))");
            script.line("torch._foreach_copy_(" + LIST + ", before)");
            script.close();
        }
    }
}
