/** Hinton, Vinyals and Dean 2015 on MNIST (arXiv:1503.02531, sec. 3): the table, and the bias of a class never seen. */
@NullMarked
package io.reflux.benchmarks.hinton;

import org.jspecify.annotations.NullMarked;
