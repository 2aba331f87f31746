/**
 * The binary form of CIFAR-10 (Krizhevsky 2009, "Learning multiple layers of features from tiny images"), read with every
 * length and label checked.
 */
@NullMarked
package io.reflux.data.cifar;

import org.jspecify.annotations.NullMarked;
