// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {OrderedTree} from "../src/OrderedTree.sol";
import {Members} from "./Members.sol";

contract OrderedTreeTest is Members {
    uint256 private constant MOST = 33;

    function setUp() public override {}

    function test_everyLeafOfEveryTree_holds() public view {
        for (uint256 n = 1; n <= MOST; ++n) {
            bytes32[] memory leaves = _leaves(n);
            bytes32 root = _root(leaves);
            for (uint256 i = 0; i < n; ++i) {
                vm.assertTrue(this.holds(root, n, _data(i), i, _proof(leaves, i).siblings), "holds");
            }
        }
    }

    /// @dev Without the fixture: the steps that the interface describes.
    function test_threeLeaves_asTheInterfaceSays() public view {
        bytes32 a = keccak256(bytes.concat(keccak256("a")));
        bytes32 b = keccak256(bytes.concat(keccak256("b")));
        bytes32 c = keccak256(bytes.concat(keccak256("c")));
        bytes32 ab = keccak256(bytes.concat(a, b));
        bytes32[] memory siblings = new bytes32[](1);
        siblings[0] = ab;
        vm.assertTrue(this.holds(keccak256(bytes.concat(ab, c)), 3, keccak256("c"), 2, siblings), "moved up unchanged");
    }

    function test_anotherIndex_neverHolds() public view {
        for (uint256 n = 1; n <= MOST; ++n) {
            bytes32[] memory leaves = _leaves(n);
            bytes32 root = _root(leaves);
            for (uint256 i = 0; i < n; ++i) {
                bytes32[] memory siblings = _proof(leaves, i).siblings;
                for (uint256 other = 0; other < 2 * n + 2; ++other) {
                    if (other != i) vm.assertTrue(!this.holds(root, n, _data(i), other, siblings), "another index");
                }
                vm.assertTrue(!this.holds(root, n, _data(i), i + 2 ** 255, siblings), "far beyond");
                vm.assertTrue(!this.holds(root, n, _data(i), type(uint256).max - i, siblings), "at the end");
            }
        }
    }

    /// @dev A count that gives the same shape above this leaf proves the same; any other does not hold.
    function test_anotherCount_holdsOnlyWhereThePathIsTheSame() public view {
        for (uint256 n = 1; n <= MOST; ++n) {
            bytes32[] memory leaves = _leaves(n);
            bytes32 root = _root(leaves);
            for (uint256 i = 0; i < n; ++i) {
                bytes32[] memory siblings = _proof(leaves, i).siblings;
                vm.assertTrue(!this.holds(root, 0, _data(i), i, siblings), "none");
                for (uint256 count = 1; count <= MOST + 1; ++count) {
                    bool same = _path(count, i) == _path(n, i) && i < count;
                    vm.assertTrue(this.holds(root, count, _data(i), i, siblings) == same, "count");
                }
            }
        }
    }

    function test_aSiblingMoreOrLessOrWrong_neverHolds() public view {
        for (uint256 n = 1; n <= MOST; ++n) {
            bytes32[] memory leaves = _leaves(n);
            bytes32 root = _root(leaves);
            for (uint256 i = 0; i < n; ++i) {
                bytes32[] memory right = _proof(leaves, i).siblings;
                bytes32[] memory longer = new bytes32[](right.length + 1);
                for (uint256 k = 0; k < right.length; ++k) {
                    longer[k] = right[k];
                    bytes32 kept = right[k];
                    right[k] = ~kept;
                    vm.assertTrue(!this.holds(root, n, _data(i), i, right), "wrong");
                    right[k] = kept;
                }
                vm.assertTrue(!this.holds(root, n, _data(i), i, longer), "one more");
                longer[right.length] = root;
                vm.assertTrue(!this.holds(root, n, _data(i), i, longer), "one more, the root");
                if (right.length == 0) continue;
                bytes32[] memory shorter = new bytes32[](right.length - 1);
                for (uint256 k = 0; k < shorter.length; ++k) {
                    shorter[k] = right[k];
                }
                vm.assertTrue(!this.holds(root, n, _data(i), i, shorter), "the last missing");
                for (uint256 k = 0; k < shorter.length; ++k) {
                    shorter[k] = right[k + 1];
                }
                vm.assertTrue(!this.holds(root, n, _data(i), i, shorter), "the first missing");
            }
        }
    }

    function test_anotherLeafOrRoot_neverHolds() public view {
        for (uint256 n = 1; n <= MOST; ++n) {
            bytes32[] memory leaves = _leaves(n);
            bytes32 root = _root(leaves);
            for (uint256 i = 0; i < n; ++i) {
                bytes32[] memory siblings = _proof(leaves, i).siblings;
                vm.assertTrue(!this.holds(root, n, _data(i + 1), i, siblings), "another leaf");
                vm.assertTrue(!this.holds(root, n, leaves[i], i, siblings), "the leaf itself as data");
                vm.assertTrue(!this.holds(~root, n, _data(i), i, siblings), "another root");
                vm.assertTrue(!this.holds(bytes32(0), n, _data(i), i, siblings), "no root");
            }
        }
    }

    /// @dev An inner node, in whatever count, at whatever place: its preimage is two words long, a leaf's one.
    function test_innerNodesAsLeaves_neverHold() public view {
        for (uint256 n = 2; n <= 16; ++n) {
            bytes32[] memory leaves = _leaves(n);
            bytes32 root = _root(leaves);
            bytes32[] memory siblings = _proof(leaves, 0).siblings;
            bytes32 node = leaves[0];
            for (uint256 level = 0; level <= siblings.length; ++level) {
                bytes32[] memory rest = new bytes32[](siblings.length - level);
                for (uint256 k = 0; k < rest.length; ++k) {
                    rest[k] = siblings[level + k];
                }
                for (uint256 count = 1; count <= n; ++count) {
                    vm.assertTrue(!this.holds(root, count, node, 0, rest), "as data");
                    if (level != 0) vm.assertTrue(!this.holds(root, count, _data(0), 0, rest), "as a leaf");
                }
                if (level < siblings.length) node = keccak256(abi.encode(node, siblings[level]));
            }
        }
    }

    function holds(bytes32 root, uint256 leaves, bytes32 dataHash, uint256 index, bytes32[] calldata siblings)
        external
        pure
        returns (bool)
    {
        return OrderedTree.holds(root, leaves, dataHash, index, siblings);
    }

    /// @dev The sides on which a leaf's siblings stand, from the leaf up: 1 for none, 2 left, 3 right, as digits.
    function _path(uint256 count, uint256 index) private pure returns (uint256 path) {
        for (; count > 1; (count, index) = ((count + 1) / 2, index / 2)) {
            if (index % 2 == 1) path = path * 4 + 2;
            else if (index + 1 < count) path = path * 4 + 3;
        }
    }

    function _leaves(uint256 n) private pure returns (bytes32[] memory leaves) {
        leaves = new bytes32[](n);
        for (uint256 i = 0; i < n; ++i) {
            leaves[i] = _leaf(_data(i));
        }
    }

    function _data(uint256 i) private pure returns (bytes32) {
        return keccak256(abi.encode("data", i));
    }
}
