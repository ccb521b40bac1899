// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {P256} from "@openzeppelin/contracts/utils/cryptography/P256.sol";

/// @title Keys to which secrets are sealed
library PublicKey {
    uint256 private constant LENGTH = 65;

    /// @dev An uncompressed point of P-256 (SEC 1, 2.3.3: 0x04, then both coordinates). To one off the curve nothing
    /// could be sealed safely.
    function isValid(bytes calldata key) internal pure returns (bool) {
        return key.length == LENGTH && key[0] == 0x04 && P256.isValidPublicKey(bytes32(key[1:33]), bytes32(key[33:65]));
    }
}
