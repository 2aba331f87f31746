/**
 * What an operator is: which forms of it are supported, which shapes come out, what it costs, which of its constants are
 * trained, and how it reads in TorchScript. Beside it stands what the families of operators share.
 */
@NullMarked
package io.reflux.model.operator.spi;

import org.jspecify.annotations.NullMarked;
