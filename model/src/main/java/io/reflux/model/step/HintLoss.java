package io.reflux.model.step;

/**
 * One hint of a distillation: {@code weight · mean((output − hint)²)} over all B×E numbers, where the hint is a hidden layer
 * of the teacher and the output what the graph makes of one of the student's (Romero et al. 2015, arXiv:1412.6550, eq. 3,
 * there a sum).
 *
 * @param output name of an output of the trained graph, FLOAT, whose dimensions but the first are known
 * @param weight finite and &gt; 0
 */
public record HintLoss(String output, double weight) {

    public HintLoss {
        Ranges.requirePositive("weight", weight);
    }
}
