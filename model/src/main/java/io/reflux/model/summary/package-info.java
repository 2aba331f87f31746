/** What a model is made of and what it costs: layers, shapes, parameters, bytes, multiply-accumulates. */
@NullMarked
package io.reflux.model.summary;

import org.jspecify.annotations.NullMarked;
