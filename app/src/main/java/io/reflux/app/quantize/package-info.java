/** The command that makes a model's file smaller and faster by running it in integers. */
@NullMarked
package io.reflux.app.quantize;

import org.jspecify.annotations.NullMarked;
