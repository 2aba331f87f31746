package io.reflux.model.step;

import io.reflux.model.script.GraphScript;

/**
 * Text of the methods of a training step.
 *
 * <p>Shapes: {@code x0} inputs, {@code q} teacher logits B·T×C, {@code y} hard labels B·T (int64; -1 = does not count;
 * T = 1 for logits B×C), {@code h0}, {@code h1}, … hints of the teacher, each of the shape of an output. {@code hyper} is float64 in host memory: learning rate, number of the update, positions that
 * count, positions that count since the last update, whether an update is due, share of the weights in their average.
 * Result: float64 [loss, softLoss, hardLoss, correct, agreeing, skipped, lossScale, hintLoss].
 */
final class StepScript {

    static final String METHOD = "step";

    /** Copies values into arrays that others share: {@code (to: List[Tensor], values: List[Tensor])}. */
    static final String COPY = "copy";

    private static final int FLOAT64 = 7;

    private final GraphScript graph;
    private final DistillationLoss loss;
    private final StepOptions options;
    private final UpdateBlock update;
    private final StatisticsBlock statistics;
    private final ScriptLines script = new ScriptLines(2);

    private StepScript(GraphScript graph, DistillationLoss loss, StepOptions options, UpdateBlock update) {
        this.graph = graph;
        this.loss = loss;
        this.options = options;
        this.update = update;
        this.statistics = new StatisticsBlock(graph);
    }

    /** The class of the graph's methods and the step's. */
    static String of(GraphScript graph, DistillationLoss loss, StepOptions options, UpdateBlock update) {
        return graph.classWith(new StepScript(graph, loss, options, update).write());
    }

    private String write() {
        script.line("_0 = torch.set_grad_enabled(True)");
        statistics.remember(script);
        script.line("outputs = (self)." + GraphScript.TRAIN + "(" + graph.arguments() + ")");
        script.line("z = torch.flatten(outputs[0], 0, -2)");
        writeCounting();
        writeLoss();
        writeHints();
        script.line("objective = " + (options.scalesLoss() ? "torch.mul(loss, scale)" : "loss"));
        script.line(
                "scaled = " + (options.scalesLoss() ? "torch.clone(torch.detach(scale))" : "torch.ones_like(loss)"));
        new BackwardBlock(graph).write(script);
        update.write(script);
        statistics.restore(script);
        writeResult();
        return "  def " + METHOD + "(self: __torch__." + GraphScript.CLASS + ", " + graph.inputSignature()
                + (loss.needsTeacher() ? ", q: Tensor" : "") + hintSignature() + ", y: Tensor, hyper: Tensor"
                + graph.tensorSignature()
                + statistics.signature() + update.signature() + ") -> Tensor:\n" + script + copyMethod()
                + ScaleGradientBlock.method();
    }

    /** Leaves the positions that count, so that all that follows is a mean or a count over these. */
    private void writeCounting() {
        script.open("if torch.lt(float(torch.select(hyper, 0, 2)), torch.numel(y))");
        script.line("kept = torch.squeeze(torch.nonzero(torch.ge(y, 0)), 1)");
        for (String positions : loss.needsTeacher() ? new String[] {"z", "y", "q"} : new String[] {"z", "y"}) {
            script.line(positions + " = torch.index_select(" + positions + ", 0, kept)");
        }
        script.close();
    }

    private void writeLoss() {
        script.line("hard = torch.cross_entropy_loss(z, y, None, 1, -100, 0.)");
        if (!loss.needsTeacher()) {
            script.line("soft = torch.zeros_like(hard)");
            script.line("loss = torch.mul(hard, " + loss.hardLossWeight() + ")");
            return;
        }
        double temperature = loss.temperature();
        script.line("teacher = torch.log_softmax(torch.div(q, " + temperature + "), -1)");
        script.line("student = torch.log_softmax(torch.div(z, " + temperature + "), -1)");
        script.line("divergence = torch.sum(torch.mul(torch.exp(teacher), torch.sub(teacher, student)), [-1])");
        script.line("soft = torch.mul(torch.mean(divergence), " + temperature * temperature + ")");
        script.line("loss = torch.mul(soft, " + loss.softLossWeight() + ")");
        if (loss.hardLossWeight() > 0) {
            script.line("loss = torch.add(loss, hard, alpha=" + loss.hardLossWeight() + ")");
        }
    }

    private String hintSignature() {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < loss.hints().size(); i++) {
            text.append(", h").append(i).append(": Tensor");
        }
        return text.toString();
    }

    private void writeHints() {
        script.line("hints = torch.zeros_like(hard)");
        for (int i = 0; i < loss.hints().size(); i++) {
            HintLoss hint = loss.hints().get(i);
            int place = graph.outputs().indexOf(hint.output());
            script.line("miss" + i + " = torch.sub(outputs[" + place + "], h" + i + ")");
            script.line("hints = torch.add(hints, torch.mean(torch.mul(miss" + i + ", miss" + i + ")), alpha="
                    + hint.weight() + ")");
        }
        if (!loss.hints().isEmpty()) {
            script.line("loss = torch.add(loss, hints)");
        }
    }

    private void writeResult() {
        script.line("predicted = torch.argmax(z, -1)");
        script.line("correct = torch.sum(torch.eq(predicted, y))");
        script.line(
                loss.needsTeacher()
                        ? "agreeing = torch.sum(torch.eq(predicted, torch.argmax(q, -1)))"
                        : "agreeing = torch.zeros_like(correct)");
        StringBuilder parts = new StringBuilder();
        for (String part : new String[] {"loss", "soft", "hard", "correct", "agreeing", "skipped", "scaled", "hints"}) {
            parts.append(parts.length() == 0 ? "" : ", ")
                    .append("torch.to(")
                    .append(part)
                    .append(", ");
            parts.append(FLOAT64).append(")");
        }
        script.line("return torch.stack([" + parts + "])");
    }

    static String copyMethod() {
        return "  def " + COPY + "(self: __torch__." + GraphScript.CLASS
                + ", to: List[Tensor], values: List[Tensor]) -> List[Tensor]:\n"
                + new ScriptLines(2).line("torch._foreach_copy_(to, values)").line("return to");
    }
}
