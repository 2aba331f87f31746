/** Graphs as DJL blocks, for users of DJL's own Model, Trainer and Predictor. */
@NullMarked
package io.reflux.model.block;

import org.jspecify.annotations.NullMarked;
