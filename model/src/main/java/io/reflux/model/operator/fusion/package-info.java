/**
 * Chains of nodes that run as one call: found when a graph is compiled, in the list of nodes that run. The graph itself,
 * which is what ships, stays as it is, and so does the name of the value that a chain makes.
 */
@NullMarked
package io.reflux.model.operator.fusion;

import org.jspecify.annotations.NullMarked;
