package io.reflux.model.step;

import io.reflux.model.graph.GraphTensor;
import java.util.ArrayList;
import java.util.List;

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

    /** Splits parameters into those that decay, of rank two and more, and the others; a group without members is left out. */
    static List<ParameterGroup> split(List<GraphTensor> parameters) {
        List<Integer> decaying = new ArrayList<>();
        List<Integer> others = new ArrayList<>();
        for (int i = 0; i < parameters.size(); i++) {
            (parameters.get(i).shape().length >= 2 ? decaying : others).add(i);
        }
        List<ParameterGroup> groups = new ArrayList<>();
        if (!decaying.isEmpty()) {
            groups.add(new ParameterGroup(groups.size(), decaying, true));
        }
        if (!others.isEmpty()) {
            groups.add(new ParameterGroup(groups.size(), others, false));
        }
        return List.copyOf(groups);
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
