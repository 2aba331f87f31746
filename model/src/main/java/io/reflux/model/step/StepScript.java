package io.reflux.model.step;

import io.reflux.model.script.GraphScript;
import java.util.List;

/**
 * Text of the method that makes one training step.
 *
 * <p>Shapes: {@code x0} inputs, {@code q} teacher logits B·T×C, {@code y} hard labels B·T (int64; -1 = does not count;
 * T = 1 for logits B×C), {@code hyper} float64 scalars in host memory: learning rate, number of the update; result:
 * float64 [loss, softLoss, hardLoss, correct, agreeing].
 */
final class StepScript {

    static final String METHOD = "step";

    /** Copies values into arrays that others share: {@code (to: List[Tensor], values: List[Tensor])}. */
    static final String COPY = "copy";

    private static final int FLOAT64 = 7;

    private final GraphScript graph;
    private final DistillationLoss loss;
    private final UpdateRule rule;
    private final List<ParameterGroup> groups;
    private final StringBuilder text = new StringBuilder();

    private StepScript(GraphScript graph, DistillationLoss loss, UpdateRule rule, List<ParameterGroup> groups) {
        this.graph = graph;
        this.loss = loss;
        this.rule = rule;
        this.groups = groups;
    }

    /** The class of the graph's methods and the step. */
    static String of(GraphScript graph, DistillationLoss loss, UpdateRule rule, List<ParameterGroup> groups) {
        return graph.classWith(new StepScript(graph, loss, rule, groups).write());
    }

    private String write() {
        text.append("  def ")
                .append(METHOD)
                .append("(self: __torch__.")
                .append(GraphScript.CLASS)
                .append(", ");
        text.append(graph.inputSignature()).append(loss.needsTeacher() ? ", q: Tensor" : "");
        text.append(", y: Tensor, hyper: Tensor").append(graph.tensorSignature());
        for (ParameterGroup group : groups) {
            text.append(list(group.list("w")));
            for (int j = 0; j < rule.moments(); j++) {
                text.append(list(group.moments(j)));
            }
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
        UpdateScript update = new UpdateScript(3);
        groups.forEach(group -> rule.write(update, group));
        text.append(update.text());
        line("else:");
        inner("pass");
        line("_2 = torch.set_grad_enabled(False)");
        writeResult();
        writeCopy();
        return text.toString();
    }

    /** Leaves the positions that count, so that all that follows is a mean or a count over these. */
    private void writeCounting() {
        line("counts = torch.ge(y, 0)");
        line("if bool(torch.all(counts)):");
        inner("pass");
        line("else:");
        inner("kept = torch.squeeze(torch.nonzero(counts), 1)");
        for (String positions : loss.needsTeacher() ? new String[] {"z", "y", "q"} : new String[] {"z", "y"}) {
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
        line("teacher = torch.log_softmax(torch.div(q, " + temperature + "), -1)");
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
        // The fused kernels pair weights and gradients by their places in memory, whatever the strides say: gradients
        // of convolutions come with the channels last, weights never do.
        for (ParameterGroup group : groups) {
            inner(group.list("g") + " = annotate(List[Tensor], [])");
            for (int i : group.members()) {
                inner("d" + i + " = gradients[" + i + "]");
                inner("_d" + i + " = torch.append(" + group.list("g") + ", torch.contiguous(unchecked_cast(Tensor, d"
                        + i + ")))");
            }
        }
        inner("like = torch.detach(loss)");
        inner("lr = float(torch.select(hyper, 0, 0))");
        inner("t = float(torch.select(hyper, 0, 1))");
    }

    private void writeResult() {
        line("predicted = torch.argmax(z, -1)");
        line("correct = torch.sum(torch.eq(predicted, y))");
        line(
                loss.needsTeacher()
                        ? "agreeing = torch.sum(torch.eq(predicted, torch.argmax(q, -1)))"
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

    private void writeCopy() {
        text.append("  def ").append(COPY).append("(self: __torch__.").append(GraphScript.CLASS);
        text.append(list("to")).append(list("values")).append(") -> List[Tensor]:\n");
        line("torch._foreach_copy_(to, values)");
        line("return to");
    }

    private static String list(String name) {
        return ", " + name + ": List[Tensor]";
    }

    private void line(String statement) {
        text.append("    ").append(statement).append('\n');
    }

    private void inner(String statement) {
        text.append("      ").append(statement).append('\n');
    }
}
