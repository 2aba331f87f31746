package io.reflux.model.step;

import io.reflux.model.graph.GraphTensor;
import io.reflux.model.graph.NamePatterns;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Parameters that one call of an update moves together.
 *
 * <p>Lists of tensors that a script changes in place must be its own arguments: libtorch's JIT removes such a change,
 * without a word, when the list was made inside the script. So each group has argument lists of its own.
 *
 * @param index its number k, which ends the names of its lists: {@code w0}, {@code g0} and so on
 * @param members places of its parameters in the graph's list, at least one
 * @param decays whether weight decay acts on it
 */
record ParameterGroup(int index, List<Integer> members, boolean decays) {

    ParameterGroup {
        members = List.copyOf(members);
    }

    /** Splits parameters into those that decay and the others; a group without members is left out. */
    static List<ParameterGroup> split(List<GraphTensor> parameters, StepOptions options) {
        Predicate<GraphTensor> decays = decays(parameters, options);
        List<ParameterGroup> groups = new ArrayList<>();
        for (boolean decaying : new boolean[] {true, false}) {
            List<Integer> members = new ArrayList<>();
            for (int i = 0; i < parameters.size(); i++) {
                if (decays.test(parameters.get(i)) == decaying) {
                    members.add(i);
                }
            }
            if (!members.isEmpty()) {
                groups.add(new ParameterGroup(groups.size(), members, decaying));
            }
        }
        return List.copyOf(groups);
    }

    private static Predicate<GraphTensor> decays(List<GraphTensor> parameters, StepOptions options) {
        List<String> patterns = options.noWeightDecay();
        if (patterns == null) {
            return tensor -> tensor.shape().length >= 2;
        }
        Set<String> without = new NamePatterns("noWeightDecay", "a parameter", patterns)
                .select(parameters.stream().map(GraphTensor::name).toList());
        return tensor -> !without.contains(tensor.name());
    }

    /** Name of a list of tensors of this group. */
    String list(String name) {
        return name + index;
    }

    /** Name of the list of its j-th moments. */
    String moments(int j) {
        return "m" + j + "_" + index;
    }

    /** The weight decay that acts on it. */
    double decay(double weightDecay) {
        return decays ? weightDecay : 0;
    }
}
