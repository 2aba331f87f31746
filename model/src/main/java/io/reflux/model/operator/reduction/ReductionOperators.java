package io.reflux.model.operator.reduction;

import io.reflux.model.operator.spi.Operator;
import io.reflux.model.operator.spi.SymbolicInt.Operation;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The table of this family. */
public final class ReductionOperators {

    private ReductionOperators() {}

    /** Every operator of the family; adding one is a line here, and a class unless it has the form of another. */
    public static List<Operator> all() {
        return List.of(
                new CumSum(),
                exact("ReduceL1", "torch.sum(torch.abs({x}), {axes}, {keep})", "torch.abs({x})", null),
                real("ReduceL2", "torch.linalg_vector_norm({x}, 2, {axes}, {keep})", "torch.abs({x})"),
                real("ReduceLogSum", "torch.log(torch.sum({x}, {axes}, {keep}))", "torch.log({x})"),
                real("ReduceLogSumExp", "torch.logsumexp({x}, {axes}, {keep})", "{x}"),
                exact("ReduceMax", "torch.amax({x}, {axes}, {keep})", "{x}", Operation.MAXIMUM),
                real("ReduceMean", "torch.mean({x}, {axes}, {keep})", "{x}"),
                exact("ReduceMin", "torch.amin({x}, {axes}, {keep})", "{x}", Operation.MINIMUM),
                exact("ReduceProd", "torch.prod({x}, {axis}, {keep})", "{x}", Operation.MULTIPLY),
                new Reduce("ReduceSum", 13, "torch.sum({x}, {axes}, {keep})", "{x}", true, Operation.ADD),
                exact(
                        "ReduceSumSquare",
                        "torch.sum(torch.mul({x}, {x}), {axes}, {keep})",
                        "torch.mul({x}, {x})",
                        null));
    }

    private static Reduce exact(String type, String script, String single, @Nullable Operation operation) {
        return new Reduce(type, 18, script, single, true, operation);
    }

    private static Reduce real(String type, String script, String single) {
        return new Reduce(type, 18, script, single, false, null);
    }
}
