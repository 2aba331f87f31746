package io.reflux.model.step;

import io.reflux.model.script.GraphScript;

/**
 * Text of the method that makes one training step.
 *
 * <p>Shapes: {@code x0} inputs, {@code t} teacher logits B·T×C, {@code y} hard labels B·T (int64; -1 = does not count;
 * T = 1 for logits B×C), {@code hyper} float64 scalars; result: float64 [loss, softLoss, hardLoss, correct, agreeing].
 */
final class StepScript {

    static final String METHOD = "step";

    private static final int FLOAT64 = 7;

    private final GraphScript graph;
    private final DistillationLoss loss;
    private final UpdateRule rule;
    private final StringBuilder text = new StringBuilder();

    private StepScript(GraphScript graph, DistillationLoss loss, UpdateRule rule) {
        this.graph = graph;
        this.loss = loss;
        this.rule = rule;
    }

    /** The class of the graph's methods and the step. */
    static String of(GraphScript graph, DistillationLoss loss, UpdateRule rule) {
        return graph.classWith(new StepScript(graph, loss, rule).write());
    }

    private String write() {
        text.append("  def ")
                .append(METHOD)
                .append("(self: __torch__.")
                .append(GraphScript.CLASS)
                .append(", ");
        text.append(graph.inputSignature()).append(loss.needsTeacher() ? ", t: Tensor" : "");
        text.append(", y: Tensor, hyper: Tensor").append(graph.tensorSignature());
        for (int moment = 0; moment < rule.moments(); moment++) {
            text.append(", m").append(moment).append(": List[Tensor]");
        }
        text.append(") -> Tensor:\n");
        line("_0 = torch.set_grad_enabled(True)");
        line("outputs = (self)." + GraphScript.TRAIN + "(" + graph.arguments() + ")");
        line("z = torch.flatten(torch.to(outputs[0], 6), 0, -2)");
        writeCounting();
        writeLoss();
        // A loss that is not finite must not reach the weights: the caller learns it from the result.
        line("if bool(torch.isfinite(loss)):");
        writeGradients();
        inner("_1 = torch.set_grad_enabled(False)");
        UpdateScript update = new UpdateScript(graph.parameters());
        rule.write(update);
        text.append(update.text());
        line("else:");
        inner("pass");
        line("_2 = torch.set_grad_enabled(False)");
        writeResult();
        return text.toString();
    }

    /** Leaves the positions that count, so that all that follows is a mean or a count over these. */
    private void writeCounting() {
        line("counts = torch.ge(y, 0)");
        line("if bool(torch.all(counts)):");
        inner("pass");
        line("else:");
        inner("kept = torch.squeeze(torch.nonzero(counts), 1)");
        for (String positions : loss.needsTeacher() ? new String[] {"z", "y", "t"} : new String[] {"z", "y"}) {
            inner(positions + " = torch.index_select(" + positions + ", 0, kept)");
        }
    }

    private void writeLoss() {
        line("hard = torch.cross_entropy_loss(z, y, None, 1, -100, 0.)");
        if (!loss.needsTeacher()) {
            line("soft = torch.zeros_like(hard)");
            line("loss = torch.mul(hard, " + loss.hardLossWeight() + ")");
            return;
        }
        double temperature = loss.temperature();
        line("teacher = torch.log_softmax(torch.div(t, " + temperature + "), -1)");
        line("student = torch.log_softmax(torch.div(z, " + temperature + "), -1)");
        line("divergence = torch.sum(torch.mul(torch.exp(teacher), torch.sub(teacher, student)), [-1])");
        line("soft = torch.mul(torch.mean(divergence), " + temperature * temperature + ")");
        line("loss = torch.mul(soft, " + loss.softLossWeight() + ")");
        if (loss.hardLossWeight() > 0) {
            line("loss = torch.add(loss, hard, alpha=" + loss.hardLossWeight() + ")");
        }
    }

    private void writeGradients() {
        inner("gradients = torch.autograd.grad([loss], p)");
        inner("g = annotate(List[Tensor], [])");
        for (int i = 0; i < graph.parameters().size(); i++) {
            inner("g" + i + " = gradients[" + i + "]");
            inner("_g" + i + " = torch.append(g, unchecked_cast(Tensor, g" + i + "))");
        }
        inner("lr = float(torch.select(hyper, 0, 0))");
    }

    private void writeResult() {
        line("predicted = torch.argmax(z, -1)");
        line("correct = torch.sum(torch.eq(predicted, y))");
        line(
                loss.needsTeacher()
                        ? "agreeing = torch.sum(torch.eq(predicted, torch.argmax(t, -1)))"
                        : "agreeing = torch.zeros_like(correct)");
        StringBuilder parts = new StringBuilder();
        for (String part : new String[] {"loss", "soft", "hard", "correct", "agreeing"}) {
            parts.append(parts.length() == 0 ? "" : ", ")
                    .append("torch.to(")
                    .append(part)
                    .append(", ");
            parts.append(FLOAT64).append(")");
        }
        line("return torch.stack([" + parts + "])");
    }

    private void line(String statement) {
        text.append("    ").append(statement).append('\n');
    }

    private void inner(String statement) {
        text.append("      ").append(statement).append('\n');
    }
}
