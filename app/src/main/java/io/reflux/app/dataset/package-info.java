/** Which data set a command works with: where its files are, and its name where a model's file notes it. */
@NullMarked
package io.reflux.app.dataset;

import org.jspecify.annotations.NullMarked;
