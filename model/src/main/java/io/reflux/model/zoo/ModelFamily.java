package io.reflux.model.zoo;

import io.reflux.model.graph.ModelGraph;
import java.util.List;
import java.util.Set;

/** Models of one design. */
interface ModelFamily {

    /** The usual names, for help and for suggestions; {@link #knows} may know more. */
    List<String> names();

    /** Whether a name is one of this family's. */
    default boolean knows(String name) {
        return names().contains(name);
    }

    /** What can be chosen beside the name. */
    Set<ZooSetting> settings();

    /** How weights are drawn unless the spec says otherwise. */
    default Initialization initialization() {
        return Initialization.HE_NORMAL;
    }

    /**
     * Builds a model whose name and settings have been checked.
     *
     * @throws io.reflux.model.graph.ModelException if the sample's shape does not fit
     */
    ModelGraph build(ZooSpec spec);
}
