/** Which data set a command about a trained model's file works with: the one it is told, or the one that the file notes. */
@NullMarked
package io.reflux.app.dataset;

import org.jspecify.annotations.NullMarked;
