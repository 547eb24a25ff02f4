// Keras's second names of some layers.

/// ``AveragePooling1D`` under Keras's short name.
public typealias AvgPool1D = AveragePooling1D
/// ``AveragePooling2D`` under Keras's short name.
public typealias AvgPool2D = AveragePooling2D
/// ``AveragePooling3D`` under Keras's short name.
public typealias AvgPool3D = AveragePooling3D
/// ``MaxPooling1D`` under Keras's short name.
public typealias MaxPool1D = MaxPooling1D
/// ``MaxPooling2D`` under Keras's short name.
public typealias MaxPool2D = MaxPooling2D
/// ``MaxPooling3D`` under Keras's short name.
public typealias MaxPool3D = MaxPooling3D
/// ``GlobalAveragePooling1D`` under Keras's short name.
public typealias GlobalAvgPool1D = GlobalAveragePooling1D
/// ``GlobalAveragePooling2D`` under Keras's short name.
public typealias GlobalAvgPool2D = GlobalAveragePooling2D
/// ``GlobalAveragePooling3D`` under Keras's short name.
public typealias GlobalAvgPool3D = GlobalAveragePooling3D
/// ``GlobalMaxPooling1D`` under Keras's short name.
public typealias GlobalMaxPool1D = GlobalMaxPooling1D
/// ``GlobalMaxPooling2D`` under Keras's short name.
public typealias GlobalMaxPool2D = GlobalMaxPooling2D
/// ``GlobalMaxPooling3D`` under Keras's short name.
public typealias GlobalMaxPool3D = GlobalMaxPooling3D
/// ``Conv1D`` under Keras's long name.
public typealias Convolution1D = Conv1D
/// ``Conv2D`` under Keras's long name.
public typealias Convolution2D = Conv2D
/// ``Conv3D`` under Keras's long name.
public typealias Convolution3D = Conv3D
/// ``Conv1DTranspose`` under Keras's long name.
public typealias Convolution1DTranspose = Conv1DTranspose
/// ``Conv2DTranspose`` under Keras's long name.
public typealias Convolution2DTranspose = Conv2DTranspose
/// ``Conv3DTranspose`` under Keras's long name.
public typealias Convolution3DTranspose = Conv3DTranspose
/// ``SeparableConv1D`` under Keras's long name.
public typealias SeparableConvolution1D = SeparableConv1D
/// ``SeparableConv2D`` under Keras's long name.
public typealias SeparableConvolution2D = SeparableConv2D
