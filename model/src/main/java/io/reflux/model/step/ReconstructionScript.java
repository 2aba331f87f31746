package io.reflux.model.step;

import io.reflux.model.script.GraphScript;

/**
 * Text of the methods of a {@link ReconstructionStep}.
 *
 * <p>Shapes: {@code samples} all inputs N×…, {@code targets} all targets N×…, {@code index} the samples of this step (int64 B).
 * {@code hyper} is float64 in host memory: learning rate, number of the update, weight and power of the pull to 0 and 1.
 */
final class ReconstructionScript {

    /** Returns float64 [loss, how far the shares are from 0 and 1]. */
    static final String STEP = "step";

    /** Returns float64 [loss], without gradients. */
    static final String ERROR = "error";

    private static final String SAMPLES = ", samples: Tensor, targets: Tensor, index: Tensor";

    private static final int FLOAT64 = 7;

    private final GraphScript graph;
    private final ReconstructionLoss loss;
    private final UpdateBlock update;
    private final StatisticsBlock statistics;

    private ReconstructionScript(GraphScript graph, ReconstructionLoss loss, UpdateBlock update) {
        this.graph = graph;
        this.loss = loss;
        this.update = update;
        this.statistics = new StatisticsBlock(graph);
    }

    /** The class of the graph's methods and the step's. */
    static String of(GraphScript graph, ReconstructionLoss loss, UpdateBlock update) {
        ReconstructionScript script = new ReconstructionScript(graph, loss, update);
        return graph.classWith(script.step() + script.error() + StepScript.copyMethod());
    }

    private String step() {
        ScriptLines script = new ScriptLines(2);
        script.line("_0 = torch.set_grad_enabled(True)");
        writeLoss(script);
        script.line("distance = torch.zeros_like(loss)");
        script.line("weight = float(torch.select(hyper, 0, 2))");
        script.open("if torch.gt(weight, 0.)");
        script.line("power = float(torch.select(hyper, 0, 3))");
        for (int i = 1; i < graph.outputs().size(); i++) {
            String away = "torch.abs(torch.sub(torch.mul(outputs[" + i + "], 2.), 1.))";
            script.line("distance = torch.add(distance, torch.sum(torch.sub(1., torch.pow(" + away
                    + ", power)), dtype=6))");
        }
        script.close();
        script.line("objective = torch.add(loss, torch.mul(distance, weight))");
        new BackwardBlock(graph).write(script);
        update.write(script);
        script.line("return torch.stack([torch.to(torch.detach(loss), " + FLOAT64
                + "), torch.to(torch.detach(distance), " + FLOAT64 + ")])");
        return method(
                STEP,
                SAMPLES + ", hyper: Tensor" + graph.tensorSignature() + statistics.signature() + update.signature(),
                script);
    }

    private String error() {
        ScriptLines script = new ScriptLines(2);
        writeLoss(script);
        script.line("return torch.stack([torch.to(loss, " + FLOAT64 + ")])");
        return method(ERROR, SAMPLES + graph.tensorSignature(), script);
    }

    /** What is fitted is what is shipped: nothing drops out, and normalisations use their statistics. */
    private void writeLoss(ScriptLines script) {
        script.line("x0 = torch.index_select(samples, 0, index)");
        script.line("wanted = torch.index_select(targets, 0, index)");
        script.line("outputs = (self)." + GraphScript.EVALUATE + "(" + graph.arguments() + ")");
        if (loss instanceof ReconstructionLoss.SquaredError squared) {
            script.line("difference = torch.sub(outputs[0], wanted)");
            script.line("loss = torch.mul(torch.mean(torch.mul(difference, difference)), "
                    + (double) squared.numChannels() + ")");
        } else if (loss instanceof ReconstructionLoss.Divergence divergence) {
            double temperature = divergence.temperature();
            script.line("target = torch.log_softmax(torch.div(wanted, " + temperature + "), -1)");
            script.line("given = torch.log_softmax(torch.div(outputs[0], " + temperature + "), -1)");
            script.line("apart = torch.sum(torch.mul(torch.exp(target), torch.sub(target, given)), [-1])");
            script.line("loss = torch.mul(torch.mean(apart), " + temperature * temperature + ")");
        }
    }

    private static String method(String name, String signature, ScriptLines script) {
        return "  def " + name + "(self: __torch__." + GraphScript.CLASS + signature + ") -> Tensor:\n" + script;
    }
}
