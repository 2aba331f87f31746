package io.reflux.model.operator.reduction;

import io.reflux.model.operator.spi.Operator;
import java.util.List;

/** The table of this family. */
public final class ReductionOperators {

    private ReductionOperators() {}

    /** Every operator of the family; adding one is a line here, and a class unless it has the form of another. */
    public static List<Operator> all() {
        return List.of(
                reduce("ReduceL1", "torch.sum(torch.abs({x}), {axes}, {keep})", "torch.abs({x})"),
                reduce("ReduceL2", "torch.linalg_vector_norm({x}, 2, {axes}, {keep})", "torch.abs({x})"),
                reduce("ReduceLogSum", "torch.log(torch.sum({x}, {axes}, {keep}))", "torch.log({x})"),
                reduce("ReduceLogSumExp", "torch.logsumexp({x}, {axes}, {keep})", "{x}"),
                reduce("ReduceMax", "torch.amax({x}, {axes}, {keep})", "{x}"),
                reduce("ReduceMean", "torch.mean({x}, {axes}, {keep})", "{x}"),
                reduce("ReduceMin", "torch.amin({x}, {axes}, {keep})", "{x}"),
                reduce("ReduceProd", "torch.prod({x}, {axis}, {keep})", "{x}"),
                new Reduce("ReduceSum", 13, "torch.sum({x}, {axes}, {keep})", "{x}"),
                reduce("ReduceSumSquare", "torch.sum(torch.mul({x}, {x}), {axes}, {keep})", "torch.mul({x}, {x})"));
    }

    private static Reduce reduce(String type, String script, String single) {
        return new Reduce(type, 18, script, single);
    }
}
