/**
 * What Reflux knows about ONNX operators: the table that joins the families below, and the walk through a graph that
 * works out the shape of every value. Each family is a package of small operators; what they share is in {@code spi}.
 */
@NullMarked
package io.reflux.model.operator;

import org.jspecify.annotations.NullMarked;
