// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @dev A provider's side of the commitment, written from ITradingSessions' description and not from the contract: the
/// whole tree is built level by level, and the proof is read off it.
library Shards {
    bytes32 internal constant CLAIM_KEY = keccak256("a claim key");

    /// @dev n retrieval keys of this provider, strictly ascending.
    function keys(address who, uint256 n) internal pure returns (bytes32[] memory list) {
        list = new bytes32[](n);
        uint256 key = uint160(who);
        for (uint256 i = 0; i < n; ++i) {
            key += 1 + (uint256(keccak256(abi.encode(who, i))) >> 16);
            list[i] = bytes32(key);
        }
    }

    function salt(uint256 i) internal pure returns (bytes32) {
        return keccak256(abi.encode(CLAIM_KEY, i));
    }

    function commitment(bytes32[] memory list, bytes32 id, address who) internal pure returns (bytes32) {
        bytes32[][] memory levels = tree(list);
        return keccak256(abi.encode(levels[levels.length - 1][0], id, who));
    }

    function tree(bytes32[] memory list) internal pure returns (bytes32[][] memory levels) {
        uint256 height = 1;
        for (uint256 n = list.length; n > 1; n = (n + 1) / 2) {
            ++height;
        }
        levels = new bytes32[][](height);
        levels[0] = new bytes32[](list.length);
        for (uint256 i = 0; i < list.length; ++i) {
            levels[0][i] = keccak256(abi.encode(list[i], salt(i)));
        }
        for (uint256 h = 1; h < height; ++h) {
            bytes32[] memory below = levels[h - 1];
            levels[h] = new bytes32[]((below.length + 1) / 2);
            for (uint256 i = 0; i < levels[h].length; ++i) {
                bool alone = 2 * i + 1 == below.length;
                levels[h][i] = alone ? below[2 * i] : keccak256(abi.encode(below[2 * i], below[2 * i + 1]));
            }
        }
    }

    function opening(bytes32[] memory list, uint256[] memory positions)
        internal
        pure
        returns (bytes32[] memory opened, bytes32[] memory salts, bytes32[] memory proof)
    {
        opened = new bytes32[](positions.length);
        salts = new bytes32[](positions.length);
        bool[] memory known = new bool[](list.length);
        for (uint256 i = 0; i < positions.length; ++i) {
            (opened[i], salts[i]) = (list[positions[i]], salt(positions[i]));
            known[positions[i]] = true;
        }
        proof = siblings(tree(list), known);
    }

    /// @dev Every unknown node whose sibling is known.
    function siblings(bytes32[][] memory levels, bool[] memory known) internal pure returns (bytes32[] memory proof) {
        uint256 length = 0;
        proof = new bytes32[](levels[0].length);
        for (uint256 h = 0; h + 1 < levels.length; ++h) {
            bool[] memory above = new bool[](levels[h + 1].length);
            for (uint256 i = 0; i < known.length; ++i) {
                if (known[i]) above[i / 2] = true;
                else if ((i ^ 1) < known.length && known[i ^ 1]) proof[length++] = levels[h][i];
            }
            known = above;
        }
        assembly {
            mstore(proof, length)
        }
    }
}
