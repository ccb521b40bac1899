// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IPaid} from "./HostileToken.sol";
import {IERC1155Receiver} from "@openzeppelin/contracts/token/ERC1155/IERC1155Receiver.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {ERC165} from "@openzeppelin/contracts/utils/introspection/ERC165.sol";

/// @dev A contract as a party: it takes tokens in one of several manners, and makes calls that it was told to before.
contract Wallet is IERC1155Receiver, IPaid, ERC165 {
    enum Manner {
        Accepts,
        Refuses,
        AnswersNonsense,
        BurnsGas
    }

    struct Call {
        address target;
        bytes data;
    }

    Manner public manner;
    /// @dev The gas without which it refuses, as a wallet does that hands the call on; and what it last had.
    uint256 public need;
    uint256 public had;
    uint256 public attempts;
    uint256 public blocked;
    uint256 public done;
    Call[] private _plan;

    function setManner(Manner manner_) external {
        manner = manner_;
    }

    function setNeed(uint256 need_) external {
        need = need_;
    }

    /// @dev To be called when it receives a token or, from a token that calls, a payment.
    function plan(address target, bytes memory data) external {
        _plan.push(Call(target, data));
    }

    function onERC1155Received(address, address, uint256, uint256, bytes calldata) external returns (bytes4) {
        if (gasleft() < need) revert("needs more gas");
        if (manner == Manner.Refuses) revert("refused");
        if (manner == Manner.AnswersNonsense) return 0xdeadbeef;
        if (manner == Manner.BurnsGas) _burn();
        had = gasleft();
        _execute();
        return IERC1155Receiver.onERC1155Received.selector;
    }

    function onERC1155BatchReceived(address, address, uint256[] calldata, uint256[] calldata, bytes calldata)
        external
        pure
        returns (bytes4)
    {
        return IERC1155Receiver.onERC1155BatchReceived.selector;
    }

    function paid() external {
        if (manner == Manner.BurnsGas) _burn();
        _execute();
    }

    function _execute() private {
        for (uint256 i = 0; i < _plan.length; ++i) {
            (bool succeeded, bytes memory result) = _plan[i].target.call(_plan[i].data);
            ++attempts;
            if (succeeded) ++done;
            else if (bytes4(result) == ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector) ++blocked;
        }
    }

    function _burn() private pure {
        assembly {
            invalid()
        }
    }
}
